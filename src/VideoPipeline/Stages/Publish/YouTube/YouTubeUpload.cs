using System.Net;
using Google;
using Google.Apis.Upload;
using Google.Apis.YouTube.v3;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// Sends a file into an upload session. Nothing is remembered but the session: each time, also after a crash, the server is
/// asked first how far it is, and the file is sent from there.
/// </summary>
/// <seealso href="https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol"/>
internal sealed class YouTubeUpload(YouTubeClient client, TimeProvider time)
{
    /// <summary>Sends what the server doesn't have yet.</summary>
    /// <returns>The video's id; null when the session is gone.</returns>
    /// <exception cref="StageException">The file isn't there completely; the session may be gone on with.</exception>
    public async Task<string?> SendAsync(
        VideosResource.InsertMediaUpload upload, Uri session, string account, Action<StageProgress> reportProgress, CancellationToken cancellationToken)
    {
        var size = upload.ContentStream.Length;
        var startedAt = time.GetTimestamp();
        long? startedFrom = null;
        upload.ProgressChanged += progress =>
        {
            // What the server says that it has, not what was sent.
            startedFrom ??= progress.BytesSent;
            var sent = progress.BytesSent - startedFrom.Value;
            var remaining = sent > 0 ? time.GetElapsedTime(startedAt) * ((size - progress.BytesSent) / (double)sent) : (TimeSpan?)null;
            reportProgress(new(100.0 * progress.BytesSent / Math.Max(1, size), Remaining: remaining));
        };

        var failures = 0;
        var reached = 0L;
        while (true)
        {
            var (progress, exception) = await ResumeAsync(upload, session, cancellationToken);
            if (exception is null)
            {
                return upload.ResponseBody?.Id ?? throw new TransientFailureException("YouTube has the file, but its answer names no video.");
            }

            if (exception is GoogleApiException { HttpStatusCode: HttpStatusCode.NotFound or HttpStatusCode.Gone })
            {
                return null;
            }

            if (!YouTubeClient.IsYouTubes(exception, cancellationToken))
            {
                // Of the file, or another attempt has taken over.
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
            }

            // As long as it gets on, it may fail as often as it likes.
            failures = progress > reached ? 1 : failures + 1;
            reached = Math.Max(reached, progress);
            if (YouTubeFailure.Of(exception).Kind != YouTubeFailureKind.Transient || failures >= YouTubeClient.Tries)
            {
                throw await client.ExplainAsync(exception, YouTubeQuota.Uploads, account, cancellationToken);
            }

            await client.DelayAsync(failures, cancellationToken);
        }
    }

    /// <returns>The bytes that the server has, and what went wrong.</returns>
    private static async Task<(long Reached, Exception? Exception)> ResumeAsync(ResumableUpload upload, Uri session, CancellationToken cancellationToken)
    {
        try
        {
            // Asks for the position before anything is sent, also in a session that has only just been opened.
            var progress = await upload.ResumeAsync(session, cancellationToken);
            return (progress.BytesSent, progress.Status == UploadStatus.Completed ? null : progress.Exception ?? new IOException("The upload stopped."));
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The time for one request was over.
            return (upload.GetProgress().BytesSent, exception);
        }
    }
}
