using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.GitHub;

/// <summary>Settings <c>VideoPipeline:GitHub</c>.</summary>
public sealed partial class GitHubOptions : IValidatableObject
{
    /// <summary>Whoever knows the secret can end jobs; a short one can be guessed from a single signed delivery.</summary>
    private const int ShortestSecret = 16;

    /// <summary>Of the REST API; GitHub Enterprise Server has its own, such as <c>https://github.example.org/api/v3/</c>.</summary>
    [WebAddress]
    public string ApiUrl { get; set; } = "https://api.github.com/";

    /// <summary>May dispatch, read and cancel workflow runs: a fine-grained token with <c>Actions: read and write</c>.</summary>
    public string Token { get; set; } = string.Empty;

    /// <summary>A file with the token instead; read for each call, so that it can be renewed at any time.</summary>
    public string TokenFile { get; set; } = string.Empty;

    /// <summary>What GitHub signs its deliveries with; without one the webhook is closed.</summary>
    public string WebhookSecret { get; set; } = string.Empty;

    /// <summary>Taken as well, while the secret is being changed.</summary>
    public string[] PreviousWebhookSecrets { get; set; } = [];

    /// <summary>A workflow that says nothing of its job for so long has failed it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Where workflows reach this service's API; told to those that it starts.</summary>
    public string CallbackUrl { get; set; } = string.Empty;

    /// <summary>By job type: the workflow that runs its jobs, in place of local workers.</summary>
    public Dictionary<string, DispatchTarget> Dispatch { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How often GitHub is asked about a run of which nothing is heard: a webhook's delivery may get lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a run may take to be listed after it was asked for; what isn't there by then doesn't exist.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan AppearsWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one request may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The workflow that runs this type's jobs; null when local workers do.</summary>
    public DispatchTarget? DispatchOf(JobType jobType) =>
        Dispatch.FirstOrDefault(pair => string.Equals(pair.Key, jobType.Name(), StringComparison.OrdinalIgnoreCase)).Value;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, secrets) in new[] { (nameof(WebhookSecret), [WebhookSecret]), (nameof(PreviousWebhookSecrets), PreviousWebhookSecrets) })
        {
            if (secrets.Any(secret => secret.Length is > 0 and < ShortestSecret))
            {
                yield return new ValidationResult($"must have at least {ShortestSecret} characters.", [name]);
            }
        }

        if (Token.Length > 0 && TokenFile.Length > 0)
        {
            yield return new ValidationResult($"must be empty when {nameof(Token)} is set.", [nameof(TokenFile)]);
        }

        foreach (var (type, target) in Dispatch)
        {
            var name = $"{nameof(Dispatch)}:{type}";
            if (!JobTypes.All.Any(jobType => string.Equals(jobType.Name(), type, StringComparison.OrdinalIgnoreCase)))
            {
                yield return new ValidationResult($"is no job type; allowed are {string.Join(", ", JobTypes.All.Select(jobType => jobType.Name()))}.", [name]);
            }

            if (!RepositoryName().IsMatch(target.Repository))
            {
                yield return new ValidationResult($"must be owner/name, but is '{target.Repository}'.", [$"{name}:{nameof(target.Repository)}"]);
            }

            if (!WorkflowName().IsMatch(target.Workflow))
            {
                yield return new ValidationResult(
                    $"must be the name of the workflow's file, such as transform.yml, or its number, but is '{target.Workflow}'.", [$"{name}:{nameof(target.Workflow)}"]);
            }

            if (target.Ref.Length is 0 or > 200)
            {
                yield return new ValidationResult("must be a branch or tag.", [$"{name}:{nameof(target.Ref)}"]);
            }

            if (target.MaxRuns is < 1 or > DispatchTarget.MostRuns)
            {
                yield return new ValidationResult($"must be from 1 to {DispatchTarget.MostRuns}, but is '{target.MaxRuns}'.", [$"{name}:{nameof(target.MaxRuns)}"]);
            }
        }

        if (Dispatch.Count == 0)
        {
            yield break;
        }

        if (Token.Length == 0 && TokenFile.Length == 0)
        {
            yield return new ValidationResult($"must be set (or {nameof(TokenFile)}), since workflows are to be dispatched.", [nameof(Token)]);
        }

        if (!new WebAddressAttribute().IsValid(CallbackUrl))
        {
            yield return new ValidationResult(
                $"must be the absolute http or https URL of this service as workflows see it, but is '{CallbackUrl}'.", [nameof(CallbackUrl)]);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}\z", RegexOptions.None, 1000)]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"\A([A-Za-z0-9._-]{1,100}\.ya?ml|[0-9]{1,18})\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WorkflowName();
}

/// <summary>Settings <c>VideoPipeline:GitHub:Dispatch:{type}</c>: the workflow that runs the jobs of a type.</summary>
public sealed class DispatchTarget
{
    public const int MostRuns = 256;

    /// <summary><c>owner/name</c></summary>
    public string Repository { get; set; } = string.Empty;

    /// <summary>The name of its file in <c>.github/workflows</c>, or its number.</summary>
    public string Workflow { get; set; } = string.Empty;

    /// <summary>The branch or tag whose version of the workflow runs.</summary>
    public string Ref { get; set; } = "main";

    /// <summary>How many runs there are at once, over all nodes.</summary>
    public int MaxRuns { get; set; } = 5;
}
