using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>A web server on a loopback port, as a source of videos: feeds, files, and whatever a hostile one comes up with.</summary>
internal sealed class SourceServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal);

    private SourceServer(WebApplication application) => _application = application;

    /// <summary>The requests so far: path and the headers that matter.</summary>
    public ConcurrentQueue<(string Path, IHeaderDictionary Headers)> Requests { get; } = new();

    public static async Task<SourceServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // A server that drips is tested; Kestrel must not be the one that ends it.
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MinResponseDataRate = null);
        var application = builder.Build();
        var server = new SourceServer(application);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        return server;
    }

    public string Url(string path) => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + path;

    public int CountOf(string path) => Requests.Count(request => request.Path == path);

    public void On(string path, RequestDelegate answer) => _answers[path] = answer;

    public void OnStatus(string path, int status, string? retryAfter = null) => On(path, context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.CompletedTask;
    });

    /// <summary>A text with a tag, which is not sent again to who has it.</summary>
    public void OnText(string path, string text, string contentType = "application/rss+xml", string? tag = "\"v1\"") => On(path, context =>
    {
        if (tag is not null)
        {
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    });

    /// <summary>A file, also in parts.</summary>
    public void OnFile(string path, string file, string contentType = "video/mp4") => On(path, context =>
        Results.File(file, contentType, enableRangeProcessing: true).ExecuteAsync(context));

    /// <summary>A file of which nothing comes after so many bytes until the client gives up; the next request gets the rest.</summary>
    public void OnFileThatStops(string path, string file, int after) => On(path, async context =>
    {
        var content = await File.ReadAllBytesAsync(file);
        context.Response.ContentType = "video/mp4";
        context.Response.ContentLength = content.Length;
        context.Response.Headers.AcceptRanges = "bytes";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.Body.WriteAsync(content.AsMemory(0, after));
        await context.Response.Body.FlushAsync();
        await UntilGoneAsync(context);
    });

    /// <summary>A body without length and without end.</summary>
    public void OnEndless(string path, string contentType, ReadOnlyMemory<byte> first, TimeSpan? pause = null) => On(path, async context =>
    {
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(first);
        var more = pause is null ? new byte[100_000] : [(byte)' '];
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(more);
            await context.Response.Body.FlushAsync();
            if (pause is not null)
            {
                await Task.Delay(pause.Value, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    });

    /// <summary>An RSS feed of these videos.</summary>
    public string Rss(params (string Title, string Path)[] videos) =>
        $"""
        <?xml version="1.0"?><rss version="2.0"><channel><title>Talks</title><link>{Url("/")}</link><description/>
        {string.Concat(videos.Select((video, number) => string.Create(CultureInfo.InvariantCulture, $"""
            <item><title>{video.Title}</title><guid>{video.Path}</guid><pubDate>Sun, {number + 1:00} Mar 2026 10:00:00 GMT</pubDate>
            <enclosure url="{Url(video.Path)}" type="video/mp4" length="1"/></item>
            """)))}
        </channel></rss>
        """;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static Task UntilGoneAsync(HttpContext context) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private async Task AnswerAsync(HttpContext context)
    {
        // A copy: the connection's next request gets the same object.
        Requests.Enqueue((context.Request.Path, new HeaderDictionary(new Dictionary<string, StringValues>(context.Request.Headers, StringComparer.OrdinalIgnoreCase))));
        try
        {
            if (_answers.TryGetValue(context.Request.Path, out var answer))
            {
                await answer(context);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone.
        }
    }
}
