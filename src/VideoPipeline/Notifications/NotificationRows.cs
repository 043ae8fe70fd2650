using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;

namespace VideoPipeline.Notifications;

/// <summary>
/// What delivery does to notifications. A claim moves the next attempt past the time that this one can take: a process that
/// dies with it leaves it to any node after that, and to send it a second time.
/// </summary>
public sealed class NotificationRows(
    RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, IOptions<NotificationOptions> options, TimeProvider time)
{
    /// <summary>Besides the time for the answer: for the claim and for writing down what became of it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    private const int PrunedAtOnce = 500;

    /// <summary>Notifications that match, newest first.</summary>
    /// <param name="beforeId">Only those older than this one.</param>
    public async Task<IReadOnlyList<Notification>> ListAsync(
        NotificationStatus? status, int limit, long? beforeId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notifications = db.Notifications.AsNoTracking();
        notifications = status is null ? notifications : notifications.Where(n => n.Status == status);
        notifications = beforeId is null ? notifications : notifications.Where(n => n.Id < beforeId);
        return await notifications.OrderByDescending(n => n.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Sends it once more, now, and for as long as a new one. One that is pending is only hurried.</summary>
    /// <exception cref="UnknownIdException"/>
    public async Task<Notification> RetryAsync(long id, CancellationToken cancellationToken)
    {
        var actor = Actor.Current;
        return await writer.WriteAsync(
            async db =>
            {
                var now = time.GetUtcNow();
                var wanted = db.Notifications.Where(n => n.Id == id);
                await wanted.ExecuteUpdateAsync(set => set
                    .SetProperty(n => n.Status, NotificationStatus.Pending)
                    .SetProperty(n => n.NextAttemptAt, now)
                    .SetProperty(n => n.GiveUpAt, now + options.Value.GiveUpAfter)
                    .SetProperty(n => n.DeliveredAt, (DateTimeOffset?)null));
                var retried = await wanted.AsNoTracking().FirstOrDefaultAsync() ?? throw new UnknownIdException("id", "notification", id);
                db.Note(actor, AuditAction.RetryNotification, now, details: new { notification = id, retried.Event });
                await db.SaveChangesAsync();
                return retried;
            },
            cancellationToken);
    }

    /// <summary>What is to be sent to this webhook now, that which waits longest first.</summary>
    internal async Task<IReadOnlyList<Notification>> DueAsync(string webhook, int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Notifications.AsNoTracking()
            .Where(n => n.Status == NotificationStatus.Pending && n.Webhook == webhook && n.NextAttemptAt <= now)
            .OrderBy(n => n.NextAttemptAt).ThenBy(n => n.Id).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>Takes it for an attempt; false when another node has.</summary>
    internal async Task<bool> ClaimAsync(Notification notification, CancellationToken cancellationToken)
    {
        var claimed = await writer.WriteAsync(
            db =>
            {
                var now = time.GetUtcNow();
                return Held(db, notification).ExecuteUpdateAsync(set => set
                    .SetProperty(n => n.Attempts, n => n.Attempts + 1)
                    .SetProperty(n => n.LastAttemptAt, now)
                    .SetProperty(n => n.NextAttemptAt, now + options.Value.Timeout + Margin));
            },
            cancellationToken) == 1;
        if (claimed)
        {
            notification.Attempts++;
        }

        return claimed;
    }

    /// <summary>pending -> delivered, unless another node has claimed it since.</summary>
    internal Task DeliveredAsync(Notification claimed, int responseStatus) => writer.WriteAsync(db =>
    {
        var now = time.GetUtcNow();
        return Held(db, claimed).ExecuteUpdateAsync(set => set
            .SetProperty(n => n.Status, NotificationStatus.Delivered)
            .SetProperty(n => n.DeliveredAt, now)
            .SetProperty(n => n.ResponseStatus, responseStatus)
            .SetProperty(n => n.Error, (string?)null));
    });

    /// <summary>Pending still, to be sent again then; failed when null.</summary>
    internal Task NotDeliveredAsync(Notification claimed, int? responseStatus, string error, DateTimeOffset? next) => writer.WriteAsync(db =>
    {
        var status = next is null ? NotificationStatus.Failed : NotificationStatus.Pending;
        var at = next ?? time.GetUtcNow();
        var text = error.Length <= Notification.MaxErrorLength ? error : error[..Notification.MaxErrorLength];
        return Held(db, claimed).ExecuteUpdateAsync(set => set
            .SetProperty(n => n.Status, status)
            .SetProperty(n => n.NextAttemptAt, at)
            .SetProperty(n => n.ResponseStatus, responseStatus)
            .SetProperty(n => n.Error, text));
    });

    /// <summary>pending -> failed for those whose webhook no node has in its settings any more, once their time is over.</summary>
    internal Task AbandonAsync(CancellationToken cancellationToken)
    {
        // Those of known webhooks get their last attempt at that time; a day is more than that can take.
        var before = time.GetUtcNow() - TimeSpan.FromDays(1);
        return writer.WriteAsync(
            db => db.Notifications.Where(n => n.Status == NotificationStatus.Pending && n.NextAttemptAt < before && n.GiveUpAt < before)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(n => n.Status, NotificationStatus.Failed)
                    .SetProperty(n => n.Error, "No node has this webhook in its settings any more.")),
            cancellationToken);
    }

    /// <summary>Deletes some of those that ended so before that time.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> PruneAsync(NotificationStatus status, DateTimeOffset before, CancellationToken cancellationToken)
    {
        // Looked for outside of the write, which others wait for.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = await db.Notifications.Where(n => n.Status == status && n.CreatedAt < before)
            .OrderBy(n => n.CreatedAt).Take(PrunedAtOnce).Select(n => n.Id).ToListAsync(cancellationToken);
        return ids.Count == 0 ? 0 : await writer.WriteAsync(
            write => write.Notifications.Where(n => n.Status == status && ids.Contains(n.Id)).ExecuteDeleteAsync(), cancellationToken);
    }

    /// <summary>The row, if it is as it was read or claimed: each claim has another number.</summary>
    private static IQueryable<Notification> Held(PipelineDbContext db, Notification notification) => db.Notifications.Where(n =>
        n.Id == notification.Id && n.Status == NotificationStatus.Pending && n.Attempts == notification.Attempts);
}
