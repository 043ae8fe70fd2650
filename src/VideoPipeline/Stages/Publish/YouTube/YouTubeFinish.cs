using Google.Apis.Upload;
using Google.Apis.YouTube.v3;
using Google.Apis.YouTube.v3.Data;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.YouTube;
using Video = Google.Apis.YouTube.v3.Data.Video;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// What follows an upload: processed, thumbnail, playlists, and visible at the very last. Each step can be repeated, so that
/// after a crash anywhere in here all of them are gone through again.
/// </summary>
internal sealed class YouTubeFinish(IArtifactStore store, YouTubeClient client, IOptions<YouTubeOptions> options, TimeProvider time)
{
    private const long MaxThumbnailBytes = 2_000_000;

    /// <summary>A video that is longer in the making isn't coming.</summary>
    private static readonly TimeSpan ProcessingPatience = TimeSpan.FromDays(2);

    /// <summary>A new video may be missing in listings for so long.</summary>
    private static readonly TimeSpan ListingDelay = TimeSpan.FromMinutes(5);

    /// <summary>Waits up to this are waited through; for longer ones the worker is needed elsewhere.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <returns>What YouTube has refused without the video being the worse for it.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(StageContext context, YouTubePlan plan, PublishIntent intent, CancellationToken cancellationToken)
    {
        var status = await ProcessedAsync(intent, cancellationToken);
        var warnings = new List<string>();
        if (plan.WantsThumbnail && await SetThumbnailAsync(context, intent.RemoteId!, cancellationToken) is { } warning)
        {
            warnings.Add(warning);
        }

        foreach (var playlist in plan.Playlists)
        {
            await AddToPlaylistAsync(playlist, intent.RemoteId!, cancellationToken);
        }

        if (!plan.IsFulfilledBy(status))
        {
            await MakeVisibleAsync(plan, intent.RemoteId!, status, cancellationToken);
        }

        return warnings;
    }

    private async Task<VideoStatus> ProcessedAsync(PublishIntent intent, CancellationToken cancellationToken)
    {
        while (true)
        {
            var video = (await client.VideosAsync("status,processingDetails", [intent.RemoteId!], cancellationToken)).FirstOrDefault();
            if (video?.Status is not null && ProcessingState.IsProcessed(video))
            {
                return video.Status;
            }

            var now = time.GetUtcNow();
            var age = now - (intent.UploadedAt ?? now);
            if (video is null && age > ListingDelay)
            {
                throw new PermanentFailureException(
                    $"YouTube no longer has the video {intent.RemoteId}: somebody has deleted it. "
                    + "To upload it once more, enqueue a publish job with the parameters {\"uploadAgain\": true}.");
            }

            if (age > ProcessingPatience)
            {
                throw new PermanentFailureException(
                    $"YouTube has not processed the video {intent.RemoteId} within {ProcessingPatience.TotalDays:0} days. Look at it in YouTube Studio. It stays private.");
            }

            var pause = ProcessingState.Pause(age, options.Value.PollInterval);
            if (pause > LongestWait)
            {
                throw new SnoozeException($"YouTube is processing the video {intent.RemoteId}.", now + pause);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <returns>Why it has none, if YouTube wants none.</returns>
    private async Task<string?> SetThumbnailAsync(StageContext context, string videoId, CancellationToken cancellationToken)
    {
        var thumbnail = context.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Thumbnail);
        if (thumbnail?.SizeBytes > MaxThumbnailBytes)
        {
            return $"The thumbnail has {thumbnail.SizeBytes} bytes; YouTube takes {MaxThumbnailBytes}.";
        }

        if (thumbnail is null || await store.FindFileAsync(thumbnail.Key, thumbnail.Digest, context.WorkFolder, cancellationToken) is not { } file)
        {
            return "The thumbnail is not in the store.";
        }

        var picture = await File.ReadAllBytesAsync(file, cancellationToken);
        try
        {
            return await client.CallAsync(
                YouTubeQuota.Units,
                YouTubeClient.WriteCost,
                YouTubeClient.WriteTries,
                async service =>
                {
                    using var stream = new MemoryStream(picture, writable: false);
                    var progress = await new ThumbnailsResource.SetMediaUpload(service, videoId, stream, "image/jpeg").UploadAsync(cancellationToken);
                    return progress.Status == UploadStatus.Completed ? (string?)null : throw progress.Exception;
                },
                cancellationToken);
        }
        catch (PermanentFailureException exception)
            when (exception.InnerException is Google.GoogleApiException { HttpStatusCode: not System.Net.HttpStatusCode.Unauthorized })
        {
            // Accounts without a verified telephone number may not set one; the video is good without.
            return $"YouTube has not taken the thumbnail: {exception.Message}";
        }
    }

    /// <summary>Asks first whether it is in it: adding it again would show it twice.</summary>
    private async Task AddToPlaylistAsync(string playlist, string videoId, CancellationToken cancellationToken)
    {
        if ((await client.PlaylistAsync(playlist, videoId, pageToken: null, cancellationToken)).Items is { Count: > 0 })
        {
            return;
        }

        var item = new PlaylistItem
        {
            Snippet = new PlaylistItemSnippet { PlaylistId = playlist, ResourceId = new ResourceId { Kind = "youtube#video", VideoId = videoId } },
        };

        // Once only: an answer that was lost is no reason to add it again. The job's next attempt asks first.
        await client.CallAsync(
            YouTubeQuota.Units,
            YouTubeClient.WriteCost,
            tries: 1,
            service => service.PlaylistItems.Insert(item, "snippet").ExecuteAsync(cancellationToken),
            cancellationToken);
    }

    private async Task MakeVisibleAsync(YouTubePlan plan, string videoId, VideoStatus present, CancellationToken cancellationToken)
    {
        // Again, right before: processing may have taken until after it, and the video would become public at once.
        plan.RequireFuture(time.GetUtcNow());
        var wanted = new Video { Id = videoId, Status = plan.Visible(present) };
        var answer = await client.CallAsync(
            YouTubeQuota.Units,
            YouTubeClient.WriteCost,
            YouTubeClient.WriteTries,
            service => service.Videos.Update(wanted, "status").ExecuteAsync(cancellationToken),
            cancellationToken);
        if (answer.Status is null || !plan.IsFulfilledBy(answer.Status))
        {
            // What Google does to projects that it has not audited: https://developers.google.com/youtube/v3/docs/videos/insert
            throw new PermanentFailureException(
                $"YouTube keeps the video {videoId} {answer.Status?.PrivacyStatus}. Has Google audited your project? Without that, what it uploads stays private.");
        }
    }
}
