using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Channels;

/// <summary>How the scrapes of channels stand.</summary>
internal sealed class ChannelStates(IDbContextFactory<PipelineDbContext> contexts, TimeProvider time)
{
    /// <summary>Two queries, however many channels there are.</summary>
    public async Task<IReadOnlyList<ChannelState>> OfAsync(IReadOnlyList<Channel> channels, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = channels.Select(channel => channel.Id).ToList();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var active = await db.Jobs.AsNoTracking().Where(JobQuery.Active)
            .Where(j => j.VideoId == null && j.JobType == JobType.Scrape && ids.Contains(j.ChannelId))
            .ToDictionaryAsync(j => j.ChannelId, cancellationToken);

        // Failed scrapes are few, since the channel's next one that succeeds is not among them and old ones are pruned.
        var latestFailed = db.Jobs.Where(j => j.JobType == JobType.Scrape && j.Status == JobStatus.Failed && ids.Contains(j.ChannelId))
            .GroupBy(j => j.ChannelId).Select(group => group.Max(j => j.Id));
        var failed = await db.Jobs.AsNoTracking().Where(j => latestFailed.Contains(j.Id)).ToDictionaryAsync(j => j.ChannelId, cancellationToken);
        return [.. channels.Select(channel => ChannelState.Of(channel, active.GetValueOrDefault(channel.Id), failed.GetValueOrDefault(channel.Id), now))];
    }

    /// <summary>The channel's latest scrapes, newest first.</summary>
    public async Task<IReadOnlyList<VideoProcessingJob>> LatestScrapesAsync(long channelId, int most, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.AsNoTracking().Where(j => j.ChannelId == channelId && j.VideoId == null && j.JobType == JobType.Scrape)
            .OrderByDescending(j => j.Id).Take(most).ToListAsync(cancellationToken);
    }
}

/// <param name="Scrape">The scrape that waits or runs; null when none does.</param>
/// <param name="Failure">The latest scrape, when it has failed; null when it hasn't.</param>
/// <param name="PausedUntil">Until when the source is left alone; null when it isn't.</param>
/// <param name="NextScrapeAt">By its cron; null when it has none.</param>
public sealed record ChannelState(
    Channel Channel, VideoProcessingJob? Scrape, VideoProcessingJob? Failure, DateTimeOffset? PausedUntil, DateTimeOffset? NextScrapeAt)
{
    public static ChannelState Of(Channel channel, VideoProcessingJob? active, VideoProcessingJob? failed, DateTimeOffset now) => new(
        channel,
        active,
        failed is not null && !(channel.LastScrapedAt > failed.CompletedAt) ? failed : null,
        channel.SourceState?.PausedUntil is { } until && until > now ? until : null,
        ChannelRules.NextScrape(channel.Cron, now));
}
