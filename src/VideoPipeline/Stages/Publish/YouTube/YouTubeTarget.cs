using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>The <c>result</c> of a publish job whose target is YouTube.</summary>
/// <param name="Location">The video's address.</param>
/// <param name="AlreadyPublished">True when an earlier job has published it, so that nothing was done.</param>
/// <param name="Warnings">What YouTube has refused without the video being the worse for it.</param>
public sealed record YouTubePublishResult(
    string Location, string YouTubeId, string Sha256, bool AlreadyPublished, IReadOnlyList<string> Warnings);

/// <summary>
/// Publishes on YouTube exactly once, though no call of its API can be made exactly once: every step is committed before the
/// next, and after a crash YouTube is asked what it has. Until it has processed the video, that stays private.
/// </summary>
internal sealed class YouTubeTarget(
    IArtifactStore store,
    YouTubeClient client,
    QuotaLedger ledger,
    YouTubeInsert insert,
    YouTubeFinish finish,
    PublishIntents intents,
    IDbContextFactory<PipelineDbContext> contexts,
    TimeProvider time) : IPublishTarget
{
    private const string WatchPage = "https://www.youtube.com/watch?v=";
    private const string TargetChannel = "target.youtube.channelId of the channel is";

    public TargetKind Kind => TargetKind.Youtube;

    public async Task<StageResult> PublishAsync(StageContext context, CancellationToken cancellationToken)
    {
        var job = context.Job;
        if (context.Channel.Rights is null)
        {
            throw new PermanentFailureException(
                $"The channel {context.Channel.Name} declares no rights. "
                + $"Set its rights to one of {LowerCaseEnum<ChannelRights>.Allowed}, if you have them, then retry the job.");
        }

        var again = UploadAgain(job);
        if (await PublishedAsync(context.Video!.Id, cancellationToken) is { } published && !(again && published.PublishedAt < job.CreatedAt))
        {
            return new()
            {
                Value = new YouTubePublishResult(published.Location, published.Location[WatchPage.Length..], published.Sha256, AlreadyPublished: true, []),
            };
        }

        var plan = new YouTubePlan(context.Channel, context.Video);
        var intent = await intents.TakeAsync(job, Kind, cancellationToken);
        if (intent is not null && again && intent.CreatedAt < job.CreatedAt)
        {
            // Only what was begun before the operator asked for it: the job's own next attempt must find its own intent.
            await intents.ForgetAsync(intent, cancellationToken);
            intent = null;
        }

        if (intent is not null)
        {
            // Somebody may have signed in to another YouTube channel since: that one neither shows what was uploaded nor may get it.
            var account = await client.MyChannelAsync(cancellationToken);
            RequireAccount(intent.Account, account.Id, "The upload was begun for the YouTube channel");
            RequireAccount(plan.ChannelId, account.Id, TargetChannel);
        }

        if (intent?.RemoteId is null)
        {
            intent = await UploadedAsync(context, plan, intent, cancellationToken);
        }

        var warnings = await finish.RunAsync(context, plan, intent, cancellationToken);
        var location = WatchPage + intent.RemoteId;

        // A crash from here on leaves a published video without its row; the next attempt knows it by its intent.
        return new()
        {
            Value = new YouTubePublishResult(location, intent.RemoteId!, intent.Sha256, AlreadyPublished: false, warnings),
            Apply = async (db, now, token) =>
            {
                await PublicationRows.UpsertAsync(db, intent.VideoId, Kind, location, intent.Sha256, now, token);
                return [];
            },
        };
    }

    /// <summary>The intent with the id of its video on YouTube.</summary>
    private async Task<PublishIntent> UploadedAsync(StageContext context, YouTubePlan plan, PublishIntent? intent, CancellationToken cancellationToken)
    {
        plan.RequireFuture(time.GetUtcNow());
        var output = StoredArtifact.Require(context, ArtifactKind.Output);
        var digest = output.Digest;
        if (intent is null)
        {
            // Before anything is begun: can all of it be paid for today?
            await ledger.RequireAsync(YouTubeQuota.Units, plan.Cost, cancellationToken);
            await ledger.RequireAsync(YouTubeQuota.Uploads, 1, cancellationToken);
            var account = await client.MyChannelAsync(cancellationToken);
            RequireAccount(plan.ChannelId, account.Id, TargetChannel);

            // A crash before this commit leaves nothing. One after it leaves an intent without a session: nothing was sent.
            intent = await intents.BeginAsync(context.Job, Kind, account.Id, digest, cancellationToken);
        }
        else if (intent.Sha256 != digest.Sha256)
        {
            // The output was made anew since. A session that can't be complete is given up: without its last byte it never becomes
            // a video. One that may be has to be cleared up first.
            intent = intent.FinishingAt is null
                ? await intents.ChangeAsync(
                    intent, (changed, _) => (changed.Sha256, changed.SizeBytes, changed.SessionUri) = (digest.Sha256, digest.SizeBytes, null), cancellationToken)
                : await insert.FindAsync(intent, cancellationToken);
        }

        if (intent.RemoteId is not null)
        {
            return intent;
        }

        var path = await StoredArtifact.FileOfAsync(store, output, context, cancellationToken);
        if (!await store.HasAsync(output.Key, digest, cancellationToken))
        {
            throw new PermanentFailureException($"{output.Key} in the store is not the file that was put there. Run the transform again.");
        }

        return await insert.RunAsync(intent, plan, path, context.ReportProgress, cancellationToken);
    }

    internal static void RequireAccount(string? expected, string actual, string what)
    {
        if (expected is not null && expected != actual)
        {
            throw new PermanentFailureException(
                $"{what} {expected}, but the sign-in is for {actual}. Sign in to the right YouTube channel with the command youtube-login, then retry the job.");
        }
    }

    private async Task<Publication?> PublishedAsync(long videoId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Publications.AsNoTracking().FirstOrDefaultAsync(p => p.VideoId == videoId && p.TargetKind == Kind, cancellationToken);
    }

    /// <summary>Whether the operator says that the video is to be uploaded once more, whatever has happened before.</summary>
    private static bool UploadAgain(VideoProcessingJob job) =>
        job.Parameters is not null
        && JsonElement.Parse(job.Parameters).TryGetProperty("uploadAgain", out var value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new PermanentFailureException("parameters.uploadAgain must be true or false."));
}
