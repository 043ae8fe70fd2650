using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VideoPipeline.GitHub;

namespace VideoPipeline.IntegrationTests.GitHub;

/// <summary>
/// GitHub on a loopback port, as far as the pipeline uses it: the REST calls for workflow runs with GitHub's answers and
/// errors, and signed webhooks that can be delivered again. A workflow's steps are the test's own. It misbehaves on demand.
/// Protocols: https://docs.github.com/rest/actions/workflows, .../workflow-runs, /webhooks/webhook-events-and-payloads.
/// </summary>
internal sealed class GitHubServer : IAsyncDisposable
{
    public const string Repository = "me/videos";
    public const string Workflow = "transform.yml";
    public const string Token = "github_pat_of_the_tests";
    public const string Secret = "It's a Secret to Everybody";

    private static readonly string[] Inputs = ["job_id", "token", "api_url"];

    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, RequestDelegate, Task>>> _planned = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly HttpClient _webhooks = new();
    private readonly Lock _gate = new();
    private readonly List<GitHubServerRun> _runs = [];
    private long _lastRun = 9_000_000_000;

    private GitHubServer(WebApplication application) => _application = application;

    public Uri Url => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>All calls, in order: <c>dispatch</c>, <c>runs</c>, <c>run</c>, <c>cancel</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Whether it tells the id of a run that it starts: GitHub does since 2026, older Enterprise Servers don't know how to.</summary>
    public bool TellsRunIds { get; set; } = true;

    /// <summary>Whether lists show a run; GitHub's own take a while.</summary>
    public bool ListsRuns { get; set; } = true;

    /// <summary>Whether the repository has another name now: the old one leads on to its number.</summary>
    public bool IsRenamed { get; set; }

    public IReadOnlyList<GitHubServerRun> Runs
    {
        get
        {
            lock (_gate)
            {
                return [.. _runs];
            }
        }
    }

    public static async Task<GitHubServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new GitHubServer(application);
        application.Use(server.MoveAsync);
        application.UseRouting();
        application.Use(server.WatchAsync);
        application.MapGet("/repos/{owner}/{name}", context => AnswerAsync(context, new() { ["full_name"] = Repository })).WithName("repository");
        application.MapPost("/repos/{owner}/{name}/actions/workflows/{workflow}/dispatches", server.DispatchAsync).WithName("dispatch");
        application.MapGet("/repos/{owner}/{name}/actions/workflows/{workflow}/runs", server.ListRunsAsync).WithName("runs");
        application.MapGet("/repos/{owner}/{name}/actions/runs/{id:long}", server.GetRunAsync).WithName("run");
        application.MapPost("/repos/{owner}/{name}/actions/runs/{id:long}/cancel", server.CancelAsync).WithName("cancel");
        await application.StartAsync();
        return server;
    }

    /// <summary>The settings that have it run a job type, and take its webhooks.</summary>
    public (string Name, string Value)[] Settings(string jobType, int maxRuns = 2) =>
    [
        ("GitHub:ApiUrl", Url.AbsoluteUri),
        ("GitHub:Token", Token),
        ("GitHub:WebhookSecret", Secret),
        ("GitHub:CallbackUrl", "http://127.0.0.1:5080/"),
        ("GitHub:PollInterval", "00:00:00.2"),
        ("GitHub:AppearsWithin", "00:00:00.5"),
        ("GitHub:RequestTimeout", "00:00:05"),
        ($"GitHub:Dispatch:{jobType}:Repository", Repository),
        ($"GitHub:Dispatch:{jobType}:Workflow", Workflow),
        ($"GitHub:Dispatch:{jobType}:MaxRuns", maxRuns.ToString(CultureInfo.InvariantCulture)),
    ];

    public int Count(string call) => Calls.Count(name => name == call);

    /// <summary>Answers the next such call with this status instead, before it has any effect.</summary>
    public void Fail(string call, HttpStatusCode status, string message, params (string Name, string Value)[] headers) => Plan(call, async (context, _) =>
    {
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await RefuseAsync(context, (int)status, message);
    });

    /// <summary>Carries the next such call out and cuts the connection instead of answering.</summary>
    public void LoseAnswer(string call) => Plan(call, async (context, next) =>
    {
        context.Response.Body = Stream.Null;
        await next(context);
        context.Abort();
    });

    /// <summary>Carries the next such call out, and keeps its answer back until the client is gone.</summary>
    /// <returns>Completes when it has had its effect.</returns>
    public Task HoldAnswer(string call)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plan(call, async (context, next) =>
        {
            context.Response.Body = Stream.Null;
            await next(context);
            done.TrySetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Abort();
        });
        return done.Task;
    }

    /// <summary>Starts a run, as a dispatch or a person does.</summary>
    public GitHubServerRun StartRun(string title, IReadOnlyDictionary<string, string>? inputs = null)
    {
        lock (_gate)
        {
            var run = new GitHubServerRun
            {
                Id = ++_lastRun,
                Title = title,
                Inputs = inputs ?? new Dictionary<string, string>(StringComparer.Ordinal),
                CreatedAt = TimeProvider.System.GetUtcNow(),
            };
            _runs.Add(run);
            return run;
        }
    }

    /// <summary>The body of the event that tells of the run as it is.</summary>
    public static byte[] EventOf(GitHubServerRun run) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["action"] = run.Status == "queued" ? "requested" : run.Status,
        ["workflow_run"] = run.ToJson(),
        ["repository"] = new JsonObject { ["full_name"] = Repository },
    });

    /// <summary>Delivers an event as GitHub does.</summary>
    /// <param name="delivery">The same for the same event delivered again.</param>
    public async Task<HttpResponseMessage> DeliverAsync(Uri webhook, string eventName, byte[] body, string delivery, string? secret = Secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook) { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Type", "application/json");
        request.Headers.Add("X-GitHub-Event", eventName);
        request.Headers.Add("X-GitHub-Delivery", delivery);
        request.Headers.Add("User-Agent", "GitHub-Hookshot/test");
        if (secret is not null)
        {
            request.Headers.Add("X-Hub-Signature-256", WebhookSignature.Of(body, secret));
        }

        return await _webhooks.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _application.DisposeAsync();
        _webhooks.Dispose();
        _closing.Dispose();
    }

    private void Plan(string call, Func<HttpContext, RequestDelegate, Task> behaviour) => _planned.GetOrAdd(call, _ => new()).Enqueue(behaviour);

    private Task MoveAsync(HttpContext context, RequestDelegate next)
    {
        const string number = "/repositories/42";
        var request = context.Request;
        if (request.Path.StartsWithSegments(number, out var rest))
        {
            request.Path = $"/repos/{Repository}{rest}";
        }
        else if (IsRenamed && request.Path.StartsWithSegments($"/repos/{Repository}", out rest))
        {
            context.Response.Headers.Location = new Uri(Url, $"{number}{rest}{request.QueryString}").AbsoluteUri;
            return RefuseAsync(context, HttpMethods.IsGet(request.Method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status307TemporaryRedirect, "Moved");
        }

        return next(context);
    }

    private async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        var call = context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "unknown";
        Calls.Enqueue(call);
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Bad credentials");
        }
        else if (context.Request.Headers.UserAgent.Count == 0)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header");
        }
        else if (call == "unknown" || context.Request.RouteValues["owner"] is not "me" || context.Request.RouteValues["name"] is not "videos"
            || context.Request.RouteValues["workflow"] is not (null or Workflow))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "Not Found");
        }
        else if (_planned.TryGetValue(call, out var planned) && planned.TryDequeue(out var behaviour))
        {
            await behaviour(context, next);
        }
        else
        {
            await next(context);
        }
    }

    private async Task DispatchAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var inputs = body["inputs"]!.AsObject().ToDictionary(input => input.Key, input => input.Value!.GetValue<string>(), StringComparer.Ordinal);
        if (body["ref"]?.GetValue<string>() != "main")
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, $"No ref found for: {body["ref"]}");
        }
        else if (inputs.Keys.Except(Inputs).ToArray() is { Length: > 0 } unexpected)
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, $"Unexpected inputs provided: {JsonSerializer.Serialize(unexpected)}");
        }
        else if (!TellsRunIds && body.ContainsKey("return_run_details"))
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, "Invalid request.\n\n\"return_run_details\" is not a permitted key.");
        }
        else
        {
            // As the workflow's run-name says: vp-${{ inputs.job_id }}-${{ inputs.token }}
            var run = StartRun($"vp-{inputs["job_id"]}-{inputs["token"]}", inputs);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            if (body["return_run_details"]?.GetValue<bool>() == true)
            {
                context.Response.StatusCode = StatusCodes.Status200OK;
                await AnswerAsync(context, new JsonObject { ["workflow_run_id"] = run.Id, ["run_url"] = $"{Url}runs/{run.Id}", ["html_url"] = $"{Url}{run.Id}" });
            }
        }
    }

    private Task ListRunsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var since = DateTimeOffset.Parse(query["created"].ToString()[2..], CultureInfo.InvariantCulture);
        var (size, page) = (int.Parse(query["per_page"]!, CultureInfo.InvariantCulture), int.Parse(query["page"]!, CultureInfo.InvariantCulture));
        var runs = ListsRuns ? Runs.Where(run => run.CreatedAt >= since).OrderByDescending(run => run.Id).ToList() : [];
        return AnswerAsync(context, new JsonObject
        {
            ["total_count"] = runs.Count,
            ["workflow_runs"] = new JsonArray([.. runs.Skip((page - 1) * size).Take(size).Select(run => run.ToJson())]),
        });
    }

    private Task GetRunAsync(HttpContext context) => Find(context) is { } run
        ? AnswerAsync(context, run.ToJson())
        : RefuseAsync(context, StatusCodes.Status404NotFound, "Not Found");

    private Task CancelAsync(HttpContext context)
    {
        if (Find(context) is not { } run)
        {
            return RefuseAsync(context, StatusCodes.Status404NotFound, "Not Found");
        }

        if (run.Status == "completed")
        {
            return RefuseAsync(context, StatusCodes.Status409Conflict, "Cannot cancel a workflow run that is completed.");
        }

        (run.Status, run.Conclusion) = ("completed", "cancelled");
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return AnswerAsync(context, []);
    }

    private GitHubServerRun? Find(HttpContext context)
    {
        var id = long.Parse((string)context.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        return Runs.SingleOrDefault(run => run.Id == id);
    }

    private static Task AnswerAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString())).AsTask();
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new() { ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest", ["status"] = $"{status}" });
    }
}

/// <summary>A run on <see cref="GitHubServer"/>.</summary>
internal sealed class GitHubServerRun
{
    public required long Id { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Attempt { get; set; } = 1;

    public string Status { get; set; } = "queued";

    public string? Conclusion { get; set; }

    /// <summary>The job that it is to run, as the dispatch said.</summary>
    public long JobId => long.Parse(Inputs["job_id"], CultureInfo.InvariantCulture);

    public Guid Token => Guid.ParseExact(Inputs["token"], "N");

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["name"] = "Transform",
        ["display_title"] = Title,
        ["event"] = "workflow_dispatch",
        ["run_attempt"] = Attempt,
        ["status"] = Status,
        ["conclusion"] = Conclusion,
        ["created_at"] = CreatedAt,
        ["html_url"] = $"https://github.com/{GitHubServer.Repository}/actions/runs/{Id}",
    };
}
