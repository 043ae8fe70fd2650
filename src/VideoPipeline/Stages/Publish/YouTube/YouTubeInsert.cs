using Google.Apis.YouTube.v3;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>Uploads the video of an intent, once, and finds it again when nobody knows whether that has happened.</summary>
internal sealed class YouTubeInsert(
    YouTubeClient client, QuotaLedger ledger, YouTubeUpload upload, PublishIntents intents, IOptions<YouTubeOptions> options, TimeProvider time)
{
    // As many sessions as one attempt opens in the place of lost ones.
    private const int MaxSessions = 3;

    // YouTube's clock and ours may differ.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);

    /// <summary>Goes on with the intent's session, or opens one.</summary>
    /// <param name="path">The file that the intent is about.</param>
    /// <returns>The intent with the id of its video, committed.</returns>
    public async Task<PublishIntent> RunAsync(
        PublishIntent intent, YouTubePlan plan, string path, Action<StageProgress> reportProgress, CancellationToken cancellationToken)
    {
        await using var file = new LastByteGate(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan),
            async token => intent = await intents.ChangeAsync(intent, (changed, now) => changed.FinishingAt ??= now, token));
        for (var sessions = 0; sessions < MaxSessions; sessions++)
        {
            var request = new VideosResource.InsertMediaUpload(client.Service, plan.Uploaded(intent.Marker), "snippet,status", file, ArtifactKey.ContentType(path))
            {
                ChunkSize = options.Value.ChunkSize,
            };
            if (intent.SessionUri is null)
            {
                await ledger.RequireUploadsOpenAsync(intent.Account, cancellationToken);
                var uri = await client.CallAsync(
                    YouTubeQuota.Uploads,
                    cost: 1,
                    YouTubeClient.WriteTries,
                    _ => request.InitiateSessionAsync(cancellationToken),
                    cancellationToken,
                    intent.Account);

                // A crash before this commit leaves a session that nobody knows. It never gets a byte, so it never becomes a video.
                intent = await intents.ChangeAsync(intent, (changed, _) => changed.SessionUri = uri.AbsoluteUri, cancellationToken);
            }

            // A crash in here is gone on from by the next attempt, at the byte that YouTube names. Before the last byte is sent,
            // the gate commits that it may be: from then on only YouTube knows whether there is a video.
            if (await upload.SendAsync(request, new Uri(intent.SessionUri!), intent.Account, reportProgress, cancellationToken) is { } videoId)
            {
                return await WithVideoAsync(intent, videoId, cancellationToken);
            }

            if (intent.FinishingAt is not null)
            {
                return await FindAsync(intent, cancellationToken);
            }

            intent = await intents.ChangeAsync(intent, (changed, _) => changed.SessionUri = null, cancellationToken);
        }

        throw new TransientFailureException($"YouTube has lost the upload session {MaxSessions} times.");
    }

    /// <summary>Looks for the video among the channel's uploads, by its marker: its session is gone, and it may have been complete.</summary>
    /// <returns>The intent with the id of its video, committed.</returns>
    /// <exception cref="SnoozeException">It isn't there, but may yet appear.</exception>
    /// <exception cref="PermanentFailureException">It isn't there; a person has to look.</exception>
    public async Task<PublishIntent> FindAsync(PublishIntent intent, CancellationToken cancellationToken)
    {
        var account = await client.MyChannelAsync(cancellationToken);
        YouTubeTarget.RequireAccount(intent.Account, account.Id, "The upload was begun for the YouTube channel");
        if (await SearchAsync(intent, account.Uploads, cancellationToken) is { } videoId)
        {
            return await WithVideoAsync(intent, videoId, cancellationToken);
        }

        var appearsUntil = intent.FinishingAt!.Value + options.Value.AppearsWithin;
        throw time.GetUtcNow() < appearsUntil
            ? new SnoozeException("The upload session is gone, and the video isn't among the channel's uploads yet. It is looked for again.", appearsUntil)
            : NeedsReview.Failure(intent, "The upload session is gone, and nobody knows whether YouTube has the whole file.");
    }

    private async Task<string?> SearchAsync(PublishIntent intent, string uploads, CancellationToken cancellationToken)
    {
        string? page = null;
        do
        {
            var items = await client.PlaylistAsync(uploads, videoId: null, page, cancellationToken);
            var ids = (items.Items ?? []).Select(item => item.ContentDetails?.VideoId).OfType<string>().ToList();

            // Tags are shown to the owner, by videos.list only.
            var found = ids.Count == 0
                ? null
                : (await client.VideosAsync("snippet", ids, cancellationToken)).FirstOrDefault(video => video.Snippet?.Tags?.Contains(intent.Marker) == true);
            if (found is not null)
            {
                return found.Id;
            }

            // Newest first: what was uploaded before the intent can't be it.
            var isOlder = items.Items is [.., { Snippet.PublishedAtDateTimeOffset: { } oldest }] && oldest < intent.CreatedAt - ClockDifference;
            page = isOlder ? null : items.NextPageToken;
        }
        while (page is not null);

        return null;
    }

    private Task<PublishIntent> WithVideoAsync(PublishIntent intent, string videoId, CancellationToken cancellationToken) => intents.ChangeAsync(
        intent, (changed, now) => (changed.RemoteId, changed.UploadedAt, changed.SessionUri) = (videoId, now, null), cancellationToken);
}
