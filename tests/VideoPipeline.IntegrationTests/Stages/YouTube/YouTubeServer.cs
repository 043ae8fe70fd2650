using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>
/// YouTube on a loopback port, as far as the pipeline uses it: the Data API's calls with Google's answers and errors, OAuth's
/// token endpoint, and resumable uploads. It misbehaves on demand and remembers all that it was told.
/// Protocols: https://developers.google.com/youtube/v3/docs and .../guides/using_resumable_upload_protocol.
/// </summary>
internal sealed partial class YouTubeServer : IAsyncDisposable
{
    public const string ChannelId = "UCaaaaaaaaaaaaaaaaaaaaaa";
    public const string UploadsId = "UUaaaaaaaaaaaaaaaaaaaaaa";

    private readonly WebApplication _application;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Misbehaviour>> _planned = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private int _lastId;

    private YouTubeServer(WebApplication application) => _application = application;

    public Uri Url => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>All calls, in order: <c>channels.list</c>, <c>videos.insert</c> (a session's beginning), <c>upload</c>, <c>token</c>, ...</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Oldest first.</summary>
    public List<YouTubeVideo> Videos { get; } = [];

    public List<UploadSession> Sessions { get; } = [];

    /// <summary>Playlists other than the uploads: the ids of their videos.</summary>
    public ConcurrentDictionary<string, List<string>> Playlists { get; } = new(StringComparer.Ordinal);

    /// <summary>What no client of the protocol may do, if one did.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>A new video is processed once it was asked about so often; null for never.</summary>
    public int? ProcessedAfterPolls { get; set; } = 1;

    /// <summary>Whether listings show a video; YouTube's own take a while.</summary>
    public bool ListsUploads { get; set; } = true;

    /// <summary>The YouTube channel of whoever has signed in. Private videos are shown to their own only.</summary>
    public string SignedInTo { get; set; } = ChannelId;

    public static async Task<YouTubeServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MinRequestBodyDataRate = null);
        var application = builder.Build();
        var server = new YouTubeServer(application);
        application.Use(server.WatchAsync);
        application.MapPost("/token", server.TokenAsync).WithName("token");
        application.MapGet("/auth", server.Agree).WithName("auth");
        application.MapGet("/youtube/v3/channels", server.ListChannels).WithName("channels.list");
        application.MapGet("/youtube/v3/playlistItems", server.ListPlaylistItems).WithName("playlistItems.list");
        application.MapPost("/youtube/v3/playlistItems", server.InsertPlaylistItemAsync).WithName("playlistItems.insert");
        application.MapGet("/youtube/v3/videos", server.ListVideos).WithName("videos.list");
        application.MapPut("/youtube/v3/videos", server.UpdateVideoAsync).WithName("videos.update");
        application.MapPost("/upload/youtube/v3/videos", server.OpenSessionAsync).WithName("videos.insert");
        application.MapPut("/upload/youtube/v3/videos", server.ReceiveAsync).WithName("upload");
        application.MapPost("/upload/youtube/v3/thumbnails/set", server.OpenThumbnail).WithName("thumbnails.set");
        application.MapPut("/upload/youtube/v3/thumbnails/set", server.SetThumbnailAsync).WithName("thumbnail");
        await application.StartAsync();
        return server;
    }

    /// <summary>The settings that lead a service here.</summary>
    /// <param name="tokenFile">Is written, as if somebody had signed in.</param>
    public Dictionary<string, string> Settings(string tokenFile)
    {
        File.WriteAllText(tokenFile, $$"""{"refresh_token":"{{RefreshToken}}","token_type":"Bearer"}""");
        return new(StringComparer.Ordinal)
        {
            ["YouTube:BaseUri"] = Url.AbsoluteUri,
            ["YouTube:TokenUri"] = new Uri(Url, "/token").AbsoluteUri,
            ["YouTube:AuthorizationUri"] = new Uri(Url, "/auth").AbsoluteUri,
            ["YouTube:TokenFile"] = tokenFile,
            ["YouTube:ClientId"] = ClientId,
            ["YouTube:ClientSecret"] = ClientSecret,
            ["YouTube:ChunkSizeBytes"] = UploadSession.Unit.ToString(),
            ["YouTube:PollInterval"] = "00:00:00.1",
            ["YouTube:RetryDelay"] = "00:00:00.01",
        };
    }

    /// <summary>Answers the next such call with an error in Google's shape instead.</summary>
    public void Fail(string call, int status, string reason, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Plan(call, new(Answer: context => WriteErrorAsync(context, status, reason)));
        }
    }

    /// <summary>Nothing more is planned for such calls.</summary>
    public void Recover(string call) => _planned.TryRemove(call, out _);

    /// <summary>Holds the next such call before it has any effect, until its client is gone.</summary>
    /// <returns>Completes when the call has arrived.</returns>
    public Task HoldBefore(string call) => Hold(call, beforeEffect: true);

    /// <summary>Carries out the next such call, and keeps back the answer until its client is gone.</summary>
    /// <returns>Completes when the call has had its effect.</returns>
    public Task HoldAnswer(string call) => Hold(call, beforeEffect: false);

    public int Count(string call) => Calls.Count(name => name == call);

    /// <summary>The only video.</summary>
    public YouTubeVideo Video()
    {
        lock (_gate)
        {
            return Videos.Single();
        }
    }

    /// <summary>The server loses all sessions, as Google does after a week.</summary>
    public void ForgetSessions()
    {
        lock (_gate)
        {
            _forgotten.UnionWith(Sessions.Select(session => session.Id));
        }
    }

    /// <summary>The answer to the next last byte is lost, and from then on the session is unknown: to its client, with this status.</summary>
    public void StopTheLastAnswer(int status) => _lostAtTheEnd = status;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _application.DisposeAsync();
        Sessions.ForEach(session => session.Dispose());
        _closing.Dispose();
    }

    private Task Hold(string call, bool beforeEffect)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task WaitAsync(HttpContext context)
        {
            arrived.TrySetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Abort();
        }

        Plan(call, beforeEffect ? new(Answer: WaitAsync) : new(AfterEffect: WaitAsync));
        return arrived.Task;
    }

    private void Plan(string call, Misbehaviour misbehaviour) => _planned.GetOrAdd(call, _ => new()).Enqueue(misbehaviour);

    /// <summary>Every call comes by here: it is written down, its sign-in is looked at, and what was planned for it happens.</summary>
    private async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        var call = context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;
        if (call is null)
        {
            Violations.Enqueue($"{context.Request.Method} {context.Request.Path} is no call that there is");
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Calls.Enqueue(call);
        if (call is not ("token" or "auth") && !IsSignedIn(context.Request))
        {
            await WriteErrorAsync(context, StatusCodes.Status401Unauthorized, "authError");
            return;
        }

        if (!_planned.TryGetValue(call, out var planned) || !planned.TryDequeue(out var misbehaviour))
        {
            await next(context);
        }
        else if (misbehaviour.Answer is not null)
        {
            await misbehaviour.Answer(context);
        }
        else
        {
            // The effect, with an answer that nobody gets.
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
            await next(context);
            await misbehaviour.AfterEffect!(context);
        }
    }

    private static Task WriteErrorAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        var error = new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["code"] = status,
                ["message"] = $"The server says {reason}.",
                ["errors"] = new JsonArray(new JsonObject { ["message"] = $"The server says {reason}.", ["domain"] = "youtube.test", ["reason"] = reason }),
            },
        };
        return context.Response.WriteAsJsonAsync(error, context.RequestAborted);
    }

    private string NewId(string prefix) => $"{prefix}{Interlocked.Increment(ref _lastId):000000}";

    private sealed record Misbehaviour(Func<HttpContext, Task>? Answer = null, Func<HttpContext, Task>? AfterEffect = null);
}
