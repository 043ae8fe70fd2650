using Cronos;
using Hangfire;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Catalog;
using VideoPipeline.Database;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Keeps one recurring job in Hangfire for every channel with a schedule. At start the channels' rows say what there is;
/// a scrape whose time came while the service was down is made up for, once.
/// </summary>
internal sealed class RecurringScrapes(
    IRecurringJobManager recurring,
    JobStorage storage,
    ChannelCatalog channels,
    IDbContextFactory<PipelineDbContext> contexts,
    TimeProvider time,
    ILogger<RecurringScrapes> logger) : IHostedService
{
    private const string Prefix = "scrape-channel-";

    /// <summary>Where Hangfire keeps the ids of its recurring jobs.</summary>
    private const string Set = "recurring-jobs";

    /// <summary>A channel may have been changed by a node whose clock is another one, and told to Hangfire a while later.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    /// <summary>When the recurring jobs were last known to be as the channels' rows say; null before the first time.</summary>
    private DateTimeOffset? _syncedAt;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        channels.Changed += OnChanged;
        foreach (var channel in (await CompareAsync(cancellationToken)).Where(channel => IsOverdue(channel, time.GetUtcNow())))
        {
            await ScheduledScrape.EnqueueAsync(channels, channel.Id, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        channels.Changed -= OnChanged;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Makes up for what was lost: recurring jobs went with Hangfire's tables, or a crash came between a channel's change and
    /// Hangfire's. The first time all schedules are compared; later only those of channels that were changed since: Hangfire
    /// has to be asked for each by itself.
    /// </summary>
    public Task SyncAsync(CancellationToken cancellationToken) => CompareAsync(cancellationToken);

    /// <summary>Whether a scheduled time has passed since the last scrape (or since the channel was made or changed).</summary>
    internal static bool IsOverdue(Channel channel, DateTimeOffset now)
    {
        var since = channel.LastScrapedAt > channel.UpdatedAt ? channel.LastScrapedAt.Value : channel.UpdatedAt;
        return CronExpression.Parse(channel.Cron!).GetNextOccurrence(since, TimeZoneInfo.Utc) <= now;
    }

    /// <returns>The channels that have a schedule.</returns>
    private async Task<List<Channel>> CompareAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var since = _syncedAt - Margin;
        var changed = since is null ? Scheduled(db) : Scheduled(db).Where(c => c.UpdatedAt >= since);
        var asked = (await changed.Select(c => c.Id).ToListAsync(cancellationToken)).ConvertAll(IdOf);

        // Before the rows are read: what is changed in between is then seen to differ, or not to be there yet.
        HashSet<string> ids;
        Dictionary<string, string?> crons;
        using (var connection = storage.GetConnection())
        {
            ids = [.. connection.GetAllItemsFromSet(Set).Where(id => id.StartsWith(Prefix, StringComparison.Ordinal))];
            crons = connection.GetRecurringJobs(asked).ToDictionary(job => job.Id, job => (string?)job.Cron);
        }

        var scheduled = await Scheduled(db).ToListAsync(cancellationToken);
        foreach (var channel in scheduled)
        {
            var id = IdOf(channel.Id);
            if (!ids.Remove(id) || (crons.TryGetValue(id, out var cron) && cron != channel.Cron))
            {
                Update(channel);
            }
        }

        // Of channels that are deleted, or have no schedule any more.
        foreach (var id in ids)
        {
            recurring.RemoveIfExists(id);
        }

        _syncedAt = now;
        return scheduled;
    }

    private static IQueryable<Channel> Scheduled(PipelineDbContext db) => db.Channels.AsNoTracking().Where(c => c.Cron != null && c.DeletedAt == null);

    private static string IdOf(long channelId) => $"{Prefix}{channelId}";

    private void OnChanged(Channel channel)
    {
        try
        {
            Update(channel);
        }
        catch (Exception exception)
        {
            // Hangfire's tables may be gone. The channel's row is written; what follows it does so in the next minute.
            logger.LogWarning(exception, "The schedule of channel {ChannelId} can't be changed in Hangfire now; it is tried again", channel.Id);
        }
    }

    private void Update(Channel channel)
    {
        if (channel.Cron is null || channel.DeletedAt is not null)
        {
            recurring.RemoveIfExists(IdOf(channel.Id));
            return;
        }

        recurring.AddOrUpdate<ScheduledScrape>(
            IdOf(channel.Id), QueueName.Schedule, scrape => scrape.RunAsync(channel.Id, channel.Name), channel.Cron,
            new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
    }
}

/// <summary>The body of the recurring job: it enqueues a scrape, which then runs like any other job.</summary>
public sealed class ScheduledScrape(ChannelCatalog channels)
{
    /// <param name="channelName">For people who look at the dashboard.</param>
    [JobDisplayName("schedule a scrape of {1}")]
    public Task RunAsync(long channelId, string channelName) => EnqueueAsync(channels, channelId, CancellationToken.None);

    internal static async Task EnqueueAsync(ChannelCatalog channels, long channelId, CancellationToken cancellationToken)
    {
        try
        {
            await channels.ScrapeAsync(channelId, cancellationToken);
        }
        catch (ConflictException)
        {
            // One waits or runs already: it will find what this one would.
        }
        catch (UnknownIdException)
        {
            // Deleted in this moment; its schedule goes, too.
        }
    }
}
