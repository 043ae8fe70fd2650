using Microsoft.Extensions.Configuration;
using VideoPipeline.GitHub;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.GitHub;

public sealed class GitHubOptionsTests
{
    private static readonly Dictionary<string, string?> Whole = new(StringComparer.Ordinal)
    {
        ["Token"] = "github_pat_x",
        ["CallbackUrl"] = "https://videos.example.org",
        ["Dispatch:transform:Repository"] = "me/videos",
        ["Dispatch:transform:Workflow"] = "transform.yml",
    };

    [Test]
    public void Nothing_is_needed_when_nothing_is_dispatched() => Assert.That(FailuresOf([]), Is.Empty);

    [Test]
    public void A_type_is_dispatched_by_its_name_however_it_is_written()
    {
        Assert.That(FailuresOf(Whole, out var options), Is.Empty);
        Assert.That((options.DispatchOf(JobType.Transform)?.Workflow, options.DispatchOf(JobType.Transform)?.Ref), Is.EqualTo(("transform.yml", "main")));
        Assert.That(options.DispatchOf(JobType.Publish), Is.Null);
    }

    [TestCase("Token", "", "GitHub:Token must be set")]
    [TestCase("TokenFile", "/x", "GitHub:TokenFile must be empty")]
    [TestCase("CallbackUrl", "videos", "GitHub:CallbackUrl must be the absolute")]
    [TestCase("ApiUrl", "ftp://x", "GitHub:ApiUrl ")]
    [TestCase("WebhookSecret", "short", "GitHub:WebhookSecret must have at least 16")]
    [TestCase("PreviousWebhookSecrets:0", "short", "GitHub:PreviousWebhookSecrets must have at least 16")]
    [TestCase("SilenceLimit", "00:00:10", "GitHub:SilenceLimit must be from 00:01:00")]
    [TestCase("Dispatch:paint:Repository", "a/b", "GitHub:Dispatch:paint is no job type; allowed are scrape, download, transform, publish")]
    [TestCase("Dispatch:transform:Repository", "me", "GitHub:Dispatch:transform:Repository must be owner/name")]
    [TestCase("Dispatch:transform:Repository", "me/../you", "GitHub:Dispatch:transform:Repository must be owner/name")]
    [TestCase("Dispatch:transform:Workflow", "../x.yml", "GitHub:Dispatch:transform:Workflow must be the name")]
    [TestCase("Dispatch:transform:Ref", "", "GitHub:Dispatch:transform:Ref must be a branch or tag")]
    [TestCase("Dispatch:transform:MaxRuns", "0", "GitHub:Dispatch:transform:MaxRuns must be from 1 to 256")]
    public void A_wrong_setting_is_named(string name, string value, string expected) =>
        Assert.That(FailuresOf(new(Whole) { [name] = value }), Has.Some.StartsWith(expected));

    private static IEnumerable<string> FailuresOf(Dictionary<string, string?> settings) => FailuresOf(settings, out _);

    private static IEnumerable<string> FailuresOf(Dictionary<string, string?> settings, out GitHubOptions options)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create($"GitHub:{pair.Key}", pair.Value))).Build();
        var validation = new SettingsValidation<GitHubOptions>(configuration.GetSection("GitHub"));
        options = new GitHubOptions();
        validation.Configure(options);
        return validation.Validate(null, options).Failures ?? [];
    }
}
