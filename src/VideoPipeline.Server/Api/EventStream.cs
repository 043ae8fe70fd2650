using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using VideoPipeline.Dispatch;
using VideoPipeline.Events;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace VideoPipeline.Server.Api;

/// <summary>
/// Answers with server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) until the client goes or
/// the service stops. Written by hand, since what the framework has for it can't write comments, and a connection on which
/// nothing happens is cut off by proxies.
/// </summary>
internal sealed class EventStream(ChangeListener listener, IBackgroundJobs backgroundJobs) : IResult
{
    public const string ContentType = "text/event-stream";

    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>After that the client has to connect again, which it does without a gap, and with a key that is good still.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>How long clients wait before they connect again.</summary>
    private static readonly byte[] Beginning = "retry: 1000\n\n"u8.ToArray();

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (listener)
        {
            var services = httpContext.RequestServices;
            var response = httpContext.Response;
            response.ContentType = ContentType;
            response.Headers.CacheControl = "no-store";

            // nginx would keep the events until it has some kilobytes of them.
            response.Headers["X-Accel-Buffering"] = "no";
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            var time = services.GetRequiredService<TimeProvider>();
            using var longest = new CancellationTokenSource(Longest, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(
                httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping, longest.Token);
            try
            {
                await WriteAsync(
                    response.Body,
                    services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions,
                    time,
                    end.Token);
            }
            catch (Exception exception) when (end.IsCancellationRequested && exception is OperationCanceledException or IOException)
            {
                // The client has gone, its time is over, or the service stops.
            }
        }
    }

    /// <summary>Writes what the listener is told, for ever. One who reads slowly slows down this alone.</summary>
    public async Task WriteAsync(Stream body, JsonSerializerOptions json, TimeProvider time, CancellationToken cancellationToken)
    {
        await body.WriteAsync(Beginning, cancellationToken);
        await body.FlushAsync(cancellationToken);
        while (true)
        {
            while (listener.TryTake(out var next))
            {
                await body.WriteAsync(Encode(next, json), cancellationToken);
            }

            await body.FlushAsync(cancellationToken);
            try
            {
                await listener.Arrived.WaitAsync(Heartbeat, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await body.WriteAsync(Comment, cancellationToken);
            }
        }
    }

    private ReadOnlyMemory<byte> Encode(FeedEvent next, JsonSerializerOptions json)
    {
        (string Name, object Data) written = next switch
        {
            JobChanged changed => ("job", new JobEventResponse(JobResponse.Of(changed.Job, backgroundJobs), changed.VideoTitle)),
            PausesChanged changed => ("queue", QueueEventResponse.Of(changed.Pauses)),
            FeedReset reset => ("reset", new ResetEventResponse(reset.Reason)),
            _ => throw new ArgumentOutOfRangeException(nameof(next), next, "No such event."),
        };
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.UTF8.GetBytes($"id: {next.Cursor}\nevent: {written.Name}\ndata: "));

        // On one line: JSON escapes line breaks.
        buffer.Write(JsonSerializer.SerializeToUtf8Bytes(written.Data, written.Data.GetType(), json));
        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }
}
