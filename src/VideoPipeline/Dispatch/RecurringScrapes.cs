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

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        channels.Changed += OnChanged;
        foreach (var channel in await ScheduledAsync(cancellationToken))
        {
            Update(channel);
            if (IsOverdue(channel, time.GetUtcNow()))
            {
                await ScheduledScrape.EnqueueAsync(channels, channel.Id, cancellationToken);
            }
        }

        await SyncAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        channels.Changed -= OnChanged;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Makes up for what was lost: recurring jobs went with Hangfire's tables, or a crash came between a channel's change and
    /// Hangfire's.
    /// </summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        // Before the rows are read: what is changed in between is then seen to differ, or not to be there yet.
        Dictionary<string, string> crons;
        using (var connection = storage.GetConnection())
        {
            crons = connection.GetRecurringJobs().Where(job => job.Id.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(job => job.Id, job => job.Cron);
        }

        foreach (var channel in await ScheduledAsync(cancellationToken))
        {
            if (!crons.Remove(IdOf(channel), out var cron) || cron != channel.Cron)
            {
                Update(channel);
            }
        }

        // Of channels that are deleted, or have no schedule any more.
        foreach (var id in crons.Keys)
        {
            recurring.RemoveIfExists(id);
        }
    }

    /// <summary>Whether a scheduled time has passed since the last scrape (or since the channel was made or changed).</summary>
    internal static bool IsOverdue(Channel channel, DateTimeOffset now)
    {
        var since = channel.LastScrapedAt > channel.UpdatedAt ? channel.LastScrapedAt.Value : channel.UpdatedAt;
        return CronExpression.Parse(channel.Cron!).GetNextOccurrence(since, TimeZoneInfo.Utc) <= now;
    }

    private async Task<List<Channel>> ScheduledAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Channels.AsNoTracking().Where(c => c.Cron != null && c.DeletedAt == null).ToListAsync(cancellationToken);
    }

    private static string IdOf(Channel channel) => $"{Prefix}{channel.Id}";

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
            recurring.RemoveIfExists(IdOf(channel));
            return;
        }

        recurring.AddOrUpdate<ScheduledScrape>(
            IdOf(channel), QueueName.Schedule, scrape => scrape.RunAsync(channel.Id, channel.Name), channel.Cron,
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
