using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Notifications;

/// <summary>
/// Adds a notification to whatever is saved that somebody wants to be told of: in the same transaction, whichever part of
/// the service makes the change. A process that dies before the commit has told nobody, after it the notification is there.
/// </summary>
internal sealed class NotificationOutbox(IOptions<NotificationOptions> options, TimeProvider time) : SaveChangesInterceptor
{
    /// <summary>Whether anybody wants to be told of anything.</summary>
    public bool IsUsed => options.Value.Webhooks.Count > 0;

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PipelineDbContext db)
        {
            await AddAsync(db, cancellationToken);
        }

        return result;
    }

    private async Task AddAsync(PipelineDbContext db, CancellationToken cancellationToken)
    {
        foreach (var entry in db.ChangeTracker.Entries().ToList())
        {
            if (EventOf(entry) is { } what && options.Value.WebhooksFor(what).ToList() is { Count: > 0 } webhooks)
            {
                Add(db, what, await DataOfAsync(db, entry.Entity, cancellationToken), webhooks);
            }
        }
    }

    private NotificationEvent? EventOf(EntityEntry entry) => (entry.Entity, entry.State) switch
    {
        (VideoProcessingJob { Status: JobStatus.Failed }, EntityState.Modified)
            when entry.Property(nameof(VideoProcessingJob.Status)).IsModified => NotificationEvent.Failed,
        (VideoProcessingJob { Status: JobStatus.Completed, JobType: JobType.Publish }, EntityState.Modified)
            when entry.Property(nameof(VideoProcessingJob.Status)).IsModified => NotificationEvent.Published,
        (SourceState { PausedUntil: { } until }, EntityState.Added) when until > time.GetUtcNow() => NotificationEvent.ChannelBlocked,
        (SourceState { PausedUntil: { } until }, EntityState.Modified)
            when until > time.GetUtcNow() && entry.Property(nameof(SourceState.PausedUntil)).IsModified => NotificationEvent.ChannelBlocked,
        (QueuePause, EntityState.Added) => NotificationEvent.QueuePaused,
        (QueuePause, EntityState.Deleted) => NotificationEvent.QueueResumed,
        _ => null,
    };

    private void Add(PipelineDbContext db, NotificationEvent what, object data, List<WebhookSettings> webhooks)
    {
        var now = time.GetUtcNow();
        var payload = JsonSerializer.Serialize(new NotificationPayload(what, now, data), JsonSerializerOptions.Web);
        db.Notifications.AddRange(webhooks.Select(webhook => new Notification
        {
            MessageId = $"msg_{Guid.NewGuid():N}",
            Webhook = webhook.NameOrHost,
            Event = what,
            Payload = payload,
            Status = NotificationStatus.Pending,
            NextAttemptAt = now,
            GiveUpAt = now + options.Value.GiveUpAfter,
            CreatedAt = now,
        }));
    }

    private static async Task<object> DataOfAsync(PipelineDbContext db, object changed, CancellationToken cancellationToken) => changed switch
    {
        VideoProcessingJob { Status: JobStatus.Completed } job => new PublishedData(
            job.Id,
            await VideoOfAsync(db, job, cancellationToken),
            await ChannelOfAsync(db, job.ChannelId, cancellationToken),
            await PublicationsOfAsync(db, job, cancellationToken)),
        VideoProcessingJob job => new FailedData(
            job.Id,
            job.JobType,
            job.Attempts,
            job.ErrorMessage,
            await VideoOfAsync(db, job, cancellationToken),
            await ChannelOfAsync(db, job.ChannelId, cancellationToken)),
        SourceState state => new ChannelBlockedData(
            await ChannelOfAsync(db, state.ChannelId, cancellationToken), state.PauseReason, state.PausedUntil, state.Refusals),
        QueuePause pause => new QueuePausedData(pause.Scope, pause.Reason, pause.PausedBy, pause.PausedAt, pause.Until),
        _ => throw new ArgumentOutOfRangeException(nameof(changed), changed, "Nobody is told of it."),
    };

    private static Task<NotifiedVideo?> VideoOfAsync(PipelineDbContext db, VideoProcessingJob job, CancellationToken cancellationToken) =>
        db.Videos.Where(v => v.Id == job.VideoId).Select(v => new NotifiedVideo(v.Id, v.Title, v.Url)).FirstOrDefaultAsync(cancellationToken);

    private static Task<NotifiedChannel?> ChannelOfAsync(PipelineDbContext db, long channelId, CancellationToken cancellationToken) =>
        db.Channels.Where(c => c.Id == channelId).Select(c => new NotifiedChannel(c.Id, c.Name)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Those that are stored, and those that are being stored with this.</summary>
    private static async Task<IReadOnlyList<NotifiedPublication>> PublicationsOfAsync(
        PipelineDbContext db, VideoProcessingJob job, CancellationToken cancellationToken)
    {
        var stored = await db.Publications.AsNoTracking().Where(p => p.VideoId == job.VideoId).ToListAsync(cancellationToken);
        var tracked = db.ChangeTracker.Entries<Publication>().Select(entry => entry.Entity).Where(p => p.VideoId == job.VideoId).ToList();
        return [.. tracked.Concat(stored).DistinctBy(p => p.TargetKind).Select(p => new NotifiedPublication(p.TargetKind, p.Location, p.PublishedAt))];
    }
}
