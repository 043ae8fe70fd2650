using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages;

/// <summary>What a job is about, in names instead of ids.</summary>
/// <param name="Title">Of the video; of a scrape the channel's name.</param>
public sealed record JobText(string Title, string Channel);

internal sealed class JobTexts(IDbContextFactory<PipelineDbContext> contexts)
{
    /// <summary>Two queries, however many jobs there are.</summary>
    public async Task<IReadOnlyDictionary<long, JobText>> OfAsync(IReadOnlyCollection<VideoProcessingJob> jobs, CancellationToken cancellationToken)
    {
        var videoIds = jobs.Where(job => job.VideoId is not null).Select(job => job.VideoId!.Value).Distinct().ToList();
        var channelIds = jobs.Select(job => job.ChannelId).Distinct().ToList();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var titles = await db.Videos.Where(v => videoIds.Contains(v.Id)).Select(v => new { v.Id, v.Title }).ToDictionaryAsync(v => v.Id, v => v.Title, cancellationToken);
        var channels = await db.Channels.Where(c => channelIds.Contains(c.Id)).Select(c => new { c.Id, c.Name }).ToDictionaryAsync(c => c.Id, c => c.Name, cancellationToken);
        return jobs.DistinctBy(job => job.Id).ToDictionary(job => job.Id, job =>
        {
            var channel = channels.GetValueOrDefault(job.ChannelId, $"channel {job.ChannelId}");
            return new JobText(job.VideoId is { } id ? titles.GetValueOrDefault(id, $"video {id}") : channel, channel);
        });
    }

    public async Task<string> ChannelAsync(long channelId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Channels.Where(c => c.Id == channelId).Select(c => c.Name).FirstOrDefaultAsync(cancellationToken) ?? $"channel {channelId}";
    }
}
