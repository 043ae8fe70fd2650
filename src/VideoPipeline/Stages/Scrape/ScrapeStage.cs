using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Stages.Scrape;

/// <summary>A scrape job's <c>result</c>.</summary>
/// <param name="Found">Videos in the source.</param>
/// <param name="New">Videos that this scrape has added.</param>
/// <param name="Skipped">Videos that aren't known and weren't added: filtered out, or left for the next run.</param>
public sealed record ScrapeResult(int Found, int New, int Skipped);

/// <summary>
/// Lists a channel's source and creates a download for each video that isn't known yet. Rows are written in the transaction
/// that completes the job: a crash before it leaves nothing, and the next scrape finds the same videos again.
/// </summary>
public sealed class ScrapeStage(FolderSource folder, IDbContextFactory<PipelineDbContext> contexts, IOptions<RetryOptions> retry) : IStage
{
    // The database keeps external ids up to this length; see PipelineDbContext.
    private const int MaxExternalIdLength = 800;

    private const int Chunk = 500;

    public JobType JobType => JobType.Scrape;

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var channel = context.Channel;
        var filter = new ScrapeFilter(channel.Filters);
        var found = await folder.ListAsync(channel.SourceUrl, cancellationToken);
        context.ReportProgress(new(50));

        HashSet<string> known;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            known = await KnownAsync(db, channel.Id, [.. found.Select(file => file.ExternalId)], cancellationToken);
        }

        var unknown = found.Where(file => !known.Contains(file.ExternalId)).ToList();
        var chosen = filter.Limit(unknown.Where(file =>
            file.ExternalId.Length <= MaxExternalIdLength && filter.Takes(file.Title, file.ModifiedAt))).ToList();
        return new()
        {
            Value = new ScrapeResult(found.Count, chosen.Count, unknown.Count - chosen.Count),
            Apply = (db, now, token) => AddAsync(db, context.Job, chosen, now, token),
        };
    }

    private async Task<IReadOnlyList<VideoProcessingJob>> AddAsync(
        PipelineDbContext db, VideoProcessingJob scrape, List<SourceFile> chosen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Channels.Where(c => c.Id == scrape.ChannelId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastScrapedAt, now), cancellationToken);

        // Looked at again inside the transaction: between the listing and now somebody may have added one of them by hand.
        var known = await KnownAsync(db, scrape.ChannelId, [.. chosen.Select(file => file.ExternalId)], cancellationToken);
        var videos = chosen.Where(file => known.Add(file.ExternalId)).Select(file => new Video
        {
            ChannelId = scrape.ChannelId,
            ExternalId = file.ExternalId,
            Url = file.Path,
            Title = file.Title,
            PublishedAt = file.ModifiedAt,
            CreatedAt = now,
            UpdatedAt = now,
        }).ToList();
        db.Videos.AddRange(videos);

        // Gives the videos their ids, which their jobs name; still the same transaction.
        await db.SaveChangesAsync(cancellationToken);
        return [.. videos.Select(video => NextStage.New(
            JobType.Download, scrape.ChannelId, video.Id, scrape.Priority, retry.Value.MaxAttempts, now))];
    }

    private static async Task<HashSet<string>> KnownAsync(
        PipelineDbContext db, long channelId, IReadOnlyList<string> externalIds, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chunk in externalIds.Chunk(Chunk))
        {
            known.UnionWith(await db.Videos
                .Where(v => v.ChannelId == channelId && chunk.Contains(v.ExternalId))
                .Select(v => v.ExternalId)
                .ToListAsync(cancellationToken));
        }

        return known;
    }
}
