using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace VideoPipeline.GitHub;

/// <summary>GitHub's REST API, the calls in use.</summary>
/// <seealso href="https://docs.github.com/rest/actions"/>
internal sealed class GitHubClient(IHttpClientFactory clients, IOptions<GitHubOptions> options, TimeProvider time)
{
    /// <summary>The name of its <see cref="HttpClient"/>.</summary>
    public const string Name = "github";

    /// <summary>More runs of one workflow than these don't begin while one of them is looked for.</summary>
    private const int MaxPages = 5;

    private const int PageSize = 100;

    private static readonly string[] RunDetails = ["return_run_details"];

    /// <summary>An older GitHub Enterprise Server doesn't know how to tell the run's id at once.</summary>
    private volatile bool _tellsRunIds = true;

    /// <summary>Starts a run.</summary>
    /// <returns>Its id, if the server says it.</returns>
    /// <exception cref="GitHubException"/>
    public async Task<long?> DispatchAsync(WorkflowDispatch dispatch, IReadOnlyDictionary<string, string> inputs, CancellationToken cancellationToken)
    {
        var url = $"repos/{dispatch.Repository}/actions/workflows/{Uri.EscapeDataString(dispatch.Workflow)}/dispatches";
        var what = $"Starting {dispatch.Workflow} of {dispatch.Repository} at {dispatch.Ref}";
        try
        {
            return await SendAsync(_tellsRunIds);
        }
        catch (GitHubException exception) when (exception.Kind == GitHubFailureKind.Refused && _tellsRunIds && RunDetails.Any(exception.Message.Contains))
        {
            // Refused for what it was asked to tell, so no run was started.
            _tellsRunIds = false;
            return await SendAsync(tellsRunIds: false);
        }

        async Task<long?> SendAsync(bool tellsRunIds)
        {
            var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["ref"] = dispatch.Ref, ["inputs"] = inputs };
            if (tellsRunIds)
            {
                body[RunDetails[0]] = true;
            }

            using var answer = await CallAsync(HttpMethod.Post, url, what, cancellationToken, body);
            return answer?.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("workflow_run_id", out var id) && id.TryGetInt64(out var run)
                ? run
                : null;
        }
    }

    /// <summary>Looks for the run with this title among those of the workflow that were begun since.</summary>
    /// <returns>All that are called so, the oldest first.</returns>
    /// <exception cref="GitHubException"/>
    public async Task<IReadOnlyList<GitHubRun>> FindRunsAsync(WorkflowDispatch dispatch, string title, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new List<GitHubRun>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var url = $"repos/{dispatch.Repository}/actions/workflows/{Uri.EscapeDataString(dispatch.Workflow)}/runs?event=workflow_dispatch"
                + $"&created={Uri.EscapeDataString($">={since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")}&per_page={PageSize}&page={page}";
            using var answer = await CallAsync(HttpMethod.Get, url, $"Listing the runs of {dispatch.Workflow} of {dispatch.Repository}", cancellationToken);
            var runs = answer?.RootElement.TryGetProperty("workflow_runs", out var list) == true && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(GitHubRun.Of).ToList()
                : throw new GitHubException(GitHubFailureKind.Unsure, $"GitHub's list of the runs of {dispatch.Workflow} can't be read.");
            found.AddRange(runs.OfType<GitHubRun>().Where(run => run.Title == title));
            if (runs.Count < PageSize)
            {
                break;
            }
        }

        return [.. found.OrderBy(run => run.Id)];
    }

    /// <returns>Null when there is none any more.</returns>
    /// <exception cref="GitHubException"/>
    public async Task<GitHubRun?> GetRunAsync(string repository, long runId, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await CallAsync(HttpMethod.Get, $"repos/{repository}/actions/runs/{runId}", $"Asking for workflow run {runId}", cancellationToken);
            return (answer is null ? null : GitHubRun.Of(answer.RootElement))
                ?? throw new GitHubException(GitHubFailureKind.Unsure, $"GitHub's answer about workflow run {runId} can't be read.");
        }
        catch (GitHubException exception) when (exception.Kind == GitHubFailureKind.NotFound)
        {
            await DemandSeenAsync(repository, cancellationToken);
            return null;
        }
    }

    /// <summary>Stops a run; one that has ended, or is gone, is none to stop.</summary>
    /// <exception cref="GitHubException"/>
    public async Task CancelRunAsync(string repository, long runId, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await CallAsync(
                HttpMethod.Post, $"repos/{repository}/actions/runs/{runId}/cancel", $"Cancelling workflow run {runId}", cancellationToken, harmless: HttpStatusCode.Conflict);
        }
        catch (GitHubException exception) when (exception.Kind == GitHubFailureKind.NotFound)
        {
            await DemandSeenAsync(repository, cancellationToken);
        }
    }

    /// <summary>The same answer comes for everything in a repository that the token may not see, or no longer: that isn't a run's end.</summary>
    /// <exception cref="GitHubException">The repository can't be seen.</exception>
    private async Task DemandSeenAsync(string repository, CancellationToken cancellationToken)
    {
        using var seen = await CallAsync(HttpMethod.Get, $"repos/{repository}", $"Asking for {repository}", cancellationToken);
    }

    /// <returns>Null when the answer has no body.</returns>
    private async Task<JsonDocument?> CallAsync(
        HttpMethod method, string url, string what, CancellationToken cancellationToken, object? content = null, HttpStatusCode? harmless = null)
    {
        var api = new Uri(options.Value.ApiUrl.TrimEnd('/') + "/");
        var token = await TokenAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(options.Value.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var first = await SendAsync(method, new Uri(api, url), token, content, either.Token);
            using var second = MovedTo(first, api) is { } moved ? await SendAsync(method, moved, token, content, either.Token) : null;
            var response = second ?? first;
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return response.IsSuccessStatusCode ? (body.Length == 0 ? null : JsonDocument.Parse(body))
                : response.StatusCode == harmless ? null
                : throw GitHubException.Of(response, body, what, time.GetUtcNow());
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var reason = exception is OperationCanceledException ? $"no answer within {options.Value.RequestTimeout}" : exception.Message;
            throw new GitHubException(GitHubFailureKind.Unsure, $"{what}: {reason}", until: null, exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, string token, object? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content is null ? null : JsonContent.Create(content) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.UserAgent.ParseAdd("VideoPipeline/1.0");
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        return await clients.CreateClient(Name).SendAsync(request, cancellationToken);
    }

    /// <summary>
    /// Where GitHub has a renamed or transferred repository now; the request is to be repeated there. Not by the handler, which
    /// would leave the token out and then be told that there is no such repository; and nowhere else, since the token is GitHub's.
    /// </summary>
    private static Uri? MovedTo(HttpResponseMessage response, Uri api) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is { } location && Uri.TryCreate(api, location, out var url)
        && Uri.Compare(url, api, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? url
            : null;

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Token.Length > 0)
        {
            return options.Value.Token;
        }

        try
        {
            return (await File.ReadAllTextAsync(options.Value.TokenFile, cancellationToken)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GitHubException(GitHubFailureKind.Refused, $"The token (GitHub:TokenFile) can't be read: {exception.Message}", until: null, exception);
        }
    }
}
