using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>A web server on a loopback port that serves one file, with ranges and tags, and misbehaves on demand.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _silent;

    private FileServer(WebApplication application) => _application = application;

    public byte[] Content { get; set; } = [];

    public string Tag { get; set; } = "\"v1\"";

    /// <summary>Cuts the next connections after so many bytes.</summary>
    public Queue<int> CutAfter { get; } = new();

    /// <summary>Says nothing more on the next connections after so many bytes, until the client gives up.</summary>
    public Queue<int> FallSilentAfter { get; } = new();

    /// <summary>How many connections are silent now.</summary>
    public int Silent => Volatile.Read(ref _silent);

    /// <summary>The <c>Range</c> headers of the requests so far; empty for none.</summary>
    public ConcurrentQueue<string> Ranges { get; } = new();

    public Uri Url(string path = "/a.mp4") => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + path);

    public static async Task<FileServer> StartAsync(byte[] content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new FileServer(application) { Content = content };
        application.MapGet("/a.mp4", server.ServeAsync);
        application.MapGet("/status/{code:int}", (int code, HttpResponse response, string? retryAfter) =>
        {
            response.StatusCode = code;
            if (retryAfter is not null)
            {
                response.Headers.RetryAfter = retryAfter;
            }
        });
        application.MapGet("/redirect", () => Results.Redirect("/a.mp4"));
        application.MapGet("/circle", () => Results.Redirect("/circle"));
        application.MapGet("/silent", async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            await server.SilenceAsync(context);
        });
        await application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        Ranges.Enqueue(context.Request.Headers.Range.ToString());
        context.Response.Headers.ETag = Tag;
        var from = 0L;
        if (range is not null && context.Request.Headers.IfRange == Tag)
        {
            from = range.From!.Value;
            if (from >= Content.Length)
            {
                context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                context.Response.Headers.ContentRange = $"bytes */{Content.Length}";
                return;
            }

            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{Content.Length - 1}/{Content.Length}");
        }

        var body = Content.AsMemory((int)from);
        context.Response.ContentLength = body.Length;
        if (CutAfter.TryDequeue(out var length))
        {
            await context.Response.Body.WriteAsync(body[..length]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        if (FallSilentAfter.TryDequeue(out length))
        {
            await context.Response.Body.WriteAsync(body[..length]);
            await context.Response.Body.FlushAsync();
            await SilenceAsync(context);
            return;
        }

        await context.Response.Body.WriteAsync(body);
    }

    private async Task SilenceAsync(HttpContext context)
    {
        Interlocked.Increment(ref _silent);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _silent);
    }
}
