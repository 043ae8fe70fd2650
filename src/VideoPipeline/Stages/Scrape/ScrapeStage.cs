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
/// <param name="Unchanged">True when the source said that it has nothing new, and listed nothing.</param>
public sealed record ScrapeResult(int Found, int New, int Skipped, bool Unchanged = false);

/// <summary>
/// Lists a channel's source and creates a download for each video that isn't known yet. Rows are written in the transaction
/// that completes the job: a crash before it leaves nothing, and the next scrape finds the same videos again.
/// </summary>
public sealed class ScrapeStage(
    IEnumerable<IVideoSource> sources, SourcePauses pauses, IDbContextFactory<PipelineDbContext> contexts, IOptions<RetryOptions> retry, TimeProvider time) : IStage
{
    private const int Chunk = 500;

    private readonly Dictionary<SourceKind, IVideoSource> _sources = sources.ToDictionary(source => source.Kind);

    public JobType JobType => JobType.Scrape;

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) =>
        FullDisk.GuardAsync(() => ScrapeAsync(context, cancellationToken), time);

    private async Task<StageResult> ScrapeAsync(StageContext context, CancellationToken cancellationToken)
    {
        var channel = context.Channel;
        var filter = new ScrapeFilter(channel.Filters, time);
        if (channel.SourceKind != SourceKind.Folder)
        {
            await pauses.DemandOpenAsync(channel.Id, cancellationToken);
        }

        var listing = await _sources[channel.SourceKind].ListAsync(channel, cancellationToken);
        context.ReportProgress(new(50));

        // A source may name a video twice, also under two names; its first word counts.
        var found = listing.Videos.DistinctBy(video => video.ExternalId, StringComparer.Ordinal).DistinctBy(video => video.Url, StringComparer.Ordinal).ToList();
        HashSet<string> known;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            known = await KnownAsync(db, channel.Id, found, cancellationToken);
        }

        var unknown = found.Where(video => !known.Contains(video.ExternalId)).ToList();
        var wanted = unknown.Where(video => IsWanted(video)).ToList();
        var chosen = filter.Limit(wanted).ToList();
        return new()
        {
            Value = new ScrapeResult(found.Count, chosen.Count, unknown.Count - chosen.Count, listing.IsUnchanged),
            Apply = async (db, now, token) =>
            {
                await SourcePauses.ForgetAsync(db, context.Job, token);
                if (listing.Remember is not null && chosen.Count == wanted.Count)
                {
                    await listing.Remember(db, now, token);
                }

                return await AddAsync(db, context.Job, chosen, now, token);
            },
        };

        bool IsWanted(SourceVideo video)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return video.CanBeKept && filter.Takes(video);
        }
    }

    private async Task<IReadOnlyList<VideoProcessingJob>> AddAsync(
        PipelineDbContext db, VideoProcessingJob scrape, List<SourceVideo> chosen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Channels.Where(c => c.Id == scrape.ChannelId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastScrapedAt, now), cancellationToken);

        // Looked at again inside the transaction: between the listing and now somebody may have added one of them by hand.
        var known = await KnownAsync(db, scrape.ChannelId, chosen, cancellationToken);
        var videos = chosen.Where(video => known.Add(video.ExternalId)).Select(video => new Video
        {
            ChannelId = scrape.ChannelId,
            ExternalId = video.ExternalId,
            Url = video.Url,
            Title = video.Title,
            PublishedAt = video.PublishedAt,
            DurationSeconds = video.Duration,
            CreatedAt = now,
            UpdatedAt = now,
        }).ToList();
        db.Videos.AddRange(videos);

        // Gives the videos their ids, which their jobs name; still the same transaction.
        await db.SaveChangesAsync(cancellationToken);
        return [.. videos.Select(video => NextStage.New(
            JobType.Download, scrape.ChannelId, video.Id, scrape.Priority, retry.Value.MaxAttempts, now))];
    }

    /// <summary>
    /// The external ids of those that the channel has already. A video is also known by its URL: it may have been added by
    /// hand, or while the channel had a source of another kind.
    /// </summary>
    private static async Task<HashSet<string>> KnownAsync(
        PipelineDbContext db, long channelId, IReadOnlyList<SourceVideo> videos, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var present = db.Videos.Where(v => v.ChannelId == channelId);
        foreach (var chunk in videos.Select(video => video.ExternalId).Chunk(Chunk))
        {
            known.UnionWith(await present.Where(v => chunk.Contains(v.ExternalId)).Select(v => v.ExternalId).ToListAsync(cancellationToken));
        }

        // There is no index of URLs: only for those whose name isn't known. Of the folder's files the path below it says as much
        // as the whole path, and there can be very many of them.
        var others = videos.Where(video => video.Url != video.ExternalId && !Path.IsPathFullyQualified(video.Url) && !known.Contains(video.ExternalId)).ToList();
        foreach (var chunk in others.Chunk(Chunk))
        {
            var urls = chunk.Select(video => video.Url).ToList();
            var presentUrls = (await present.Where(v => urls.Contains(v.Url)).Select(v => v.Url).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
            known.UnionWith(chunk.Where(video => presentUrls.Contains(video.Url)).Select(video => video.ExternalId));
        }

        return known;
    }
}
