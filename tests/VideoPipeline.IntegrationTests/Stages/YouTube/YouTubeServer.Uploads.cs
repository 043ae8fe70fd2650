using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>Resumable uploads.</summary>
internal sealed partial class YouTubeServer
{
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private readonly List<(long At, TaskCompletionSource? Reached)> _stops = [];

    private int? _lostAtTheEnd;

    /// <summary>Waited for between an upload's last byte and the answer to it.</summary>
    public Func<Task>? BeforeFinalAnswer { get; set; }

    /// <summary>Cuts the connection once the session has so many bytes, kept or not.</summary>
    public void CutAt(long position)
    {
        lock (_gate)
        {
            _stops.Add((position, null));
        }
    }

    /// <summary>Reads no further once so many bytes have arrived, until the client is gone.</summary>
    /// <returns>Completes then.</returns>
    public Task StopAt(long position)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _stops.Add((position, reached));
        }

        return reached.Task;
    }

    private async Task<IResult> OpenSessionAsync(HttpRequest request, HttpResponse response)
    {
        var body = await ReadAsync(request);
        var total = long.Parse(request.Headers["X-Upload-Content-Length"].ToString(), CultureInfo.InvariantCulture);
        if (((string?)body["snippet"]?["title"])?.Length is null or 0 or > 100)
        {
            return Error(StatusCodes.Status400BadRequest, "invalidTitle");
        }

        lock (_gate)
        {
            var session = new UploadSession(NewId("session"), total, body);
            Sessions.Add(session);
            response.Headers.Location = $"{Url}upload/youtube/v3/videos?uploadType=resumable&upload_id={session.Id}";
            return Results.Ok();
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        UploadSession? session;
        lock (_gate)
        {
            session = Sessions.FirstOrDefault(candidate => candidate.Id == context.Request.Query["upload_id"] && !_forgotten.Contains(candidate.Id));
        }

        var range = ContentRange().Match(context.Request.Headers.ContentRange.ToString());
        if (session is null)
        {
            await WriteErrorAsync(context, StatusCodes.Status404NotFound, "notFound");
            return;
        }

        if (!range.Success || long.Parse(range.Groups["total"].Value) != session.Total)
        {
            Violations.Enqueue($"Content-Range '{context.Request.Headers.ContentRange}' for a file of {session.Total} bytes");
            await WriteErrorAsync(context, StatusCodes.Status400BadRequest, "badContent");
            return;
        }

        if (range.Groups["from"].Success && !await TakeAsync(context, session, long.Parse(range.Groups["from"].Value), long.Parse(range.Groups["to"].Value)))
        {
            return;
        }

        await AnswerAsync(context, session);
    }

    /// <returns>False when the connection is no more.</returns>
    private async Task<bool> TakeAsync(HttpContext context, UploadSession session, long from, long to)
    {
        if (from != session.Stored || session.IsComplete || ((to - from + 1) % UploadSession.Unit != 0 && to + 1 != session.Total))
        {
            Violations.Enqueue($"Bytes {from} to {to}, when {session.Stored} of {session.Total} were there");
        }

        session.BeginRequest(from);
        var buffer = new byte[16 * 1024];
        var position = from;
        while (position <= to)
        {
            var wanted = (int)Math.Min(Math.Min(buffer.Length, to + 1 - position), NextStop(position) - position);
            if (wanted == 0)
            {
                await StopAsync(context, position);
                return false;
            }

            int read;
            try
            {
                read = await context.Request.Body.ReadAsync(buffer.AsMemory(0, wanted));
            }
            catch (Exception exception) when (exception is IOException or BadHttpRequestException or OperationCanceledException)
            {
                return false;
            }

            if (read == 0)
            {
                return false;
            }

            session.Receive(buffer.AsSpan(0, read));
            position += read;
        }

        if (session.IsComplete)
        {
            Complete(session);
        }

        if (session.IsComplete && _lostAtTheEnd is { } status)
        {
            _lostAtTheEnd = null;
            Fail("upload", status, "notFound", times: 100);
            context.Abort();
            return false;
        }

        // One behind the last byte: the file is complete, and the answer is lost.
        if (NextStop(position) == position)
        {
            await StopAsync(context, position);
            return false;
        }

        return true;
    }

    private void Complete(UploadSession session)
    {
        lock (_gate)
        {
            if (session.VideoId is not null)
            {
                return;
            }

            session.VideoId = NewId("video");
            var snippet = (JsonObject)session.Video["snippet"]!.DeepClone();
            snippet["publishedAt"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
            Videos.Add(new YouTubeVideo(session.VideoId, snippet, (JsonObject)session.Video["status"]!.DeepClone(), session.Sha256!));
        }
    }

    private async Task AnswerAsync(HttpContext context, UploadSession session)
    {
        if (session.IsComplete)
        {
            if (BeforeFinalAnswer is { } wait)
            {
                await wait();
            }

            context.Response.StatusCode = StatusCodes.Status201Created;
            await context.Response.WriteAsJsonAsync(Videos.Single(video => video.Id == session.VideoId).ToJson("snippet,status"));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.ContentLength = 0;
        if (session.Stored > 0)
        {
            context.Response.Headers.Range = $"bytes=0-{session.Stored - 1}";
        }
    }

    private long NextStop(long position)
    {
        lock (_gate)
        {
            return _stops.Where(stop => stop.At >= position).Select(stop => stop.At).DefaultIfEmpty(long.MaxValue).Min();
        }
    }

    private async Task StopAsync(HttpContext context, long position)
    {
        TaskCompletionSource? reached;
        lock (_gate)
        {
            var stop = _stops.Single(stop => stop.At == position);
            _stops.Remove(stop);
            reached = stop.Reached;
        }

        if (reached is not null)
        {
            reached.TrySetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.Abort();
    }

    [GeneratedRegex("^bytes (\\*|(?<from>\\d+)-(?<to>\\d+))/(?<total>\\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContentRange();
}
