using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Catalog;

/// <summary>A single video to take through the stages.</summary>
public sealed record VideoRequest
{
    /// <summary>http(s), or a file inside the folder of a folder channel: an absolute path or a file: URL.</summary>
    public string? Url { get; init; }

    /// <summary>The name of the file when null.</summary>
    public string? Title { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>0 to 10, higher first; the channel's when null.</summary>
    public int? Priority { get; init; }
}

/// <summary>Which videos a listing means; what is null doesn't matter.</summary>
public sealed record VideoFilter
{
    private const int MaxTextLength = 200;

    public long? ChannelId { get; init; }

    /// <summary>Within the title, in upper or lower case.</summary>
    public string? TitleContains { get; init; }

    /// <exception cref="InvalidRequestException"/>
    internal void Validate()
    {
        var errors = new RequestErrors();
        errors.AddIf(TitleContains?.Length is 0 or > MaxTextLength, "q", $"must have 1 to {MaxTextLength} characters");
        errors.ThrowIfAny();
    }

    internal IQueryable<Video> Apply(IQueryable<Video> videos)
    {
        if (ChannelId is { } channelId)
        {
            videos = videos.Where(v => v.ChannelId == channelId);
        }

        return TitleContains is { } text ? videos.WhereContains(v => v.Title, text) : videos;
    }
}

/// <summary>A video with all that became of it.</summary>
/// <param name="Stages">The latest job of each type, in the order of the stages.</param>
public sealed record VideoDetails(
    Video Video, IReadOnlyList<VideoProcessingJob> Stages, IReadOnlyList<Artifact> Artifacts, IReadOnlyList<Publication> Publications);

/// <summary>Adds and lists videos.</summary>
public sealed class VideoCatalog(
    RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, JobSignals signals, TimeProvider time, IOptions<RetryOptions> retry)
{
    public const int MaxTitleLength = 500;

    /// <summary>Adds a video and the job that downloads it, in one transaction.</summary>
    /// <returns>The video, and whether it is new: the same url in the same channel answers with the one that is there, however its source calls it.</returns>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="UnknownIdException">The channel doesn't exist.</exception>
    public async Task<(Video Video, bool Created)> AddAsync(VideoRequest request, CancellationToken cancellationToken = default)
    {
        var errors = new RequestErrors();
        errors.AddIf(request.ChannelId is null, "channelId", "is required");
        errors.AddIf(string.IsNullOrWhiteSpace(request.Url), "url", "is required");
        errors.AddIf(
            request.Title is { } given && (string.IsNullOrWhiteSpace(given) || given.Length > MaxTitleLength || given.Any(char.IsControl)),
            "title",
            $"must have 1 to {MaxTitleLength} characters, in one line");
        errors.AddIf(
            request.Priority is < VideoProcessingJob.MinPriority or > VideoProcessingJob.MaxPriority, "priority", EnqueueRequest.PriorityRange);
        errors.ThrowIfAny();

        var channel = await GetChannelAsync(request.ChannelId!.Value, cancellationToken);
        var address = VideoAddress.Of(request.Url!, channel);
        var title = request.Title ?? VideoTitle.InOneLine(address.Title);
        var actor = Actor.Current;
        var (same, latest) = await FindByUrlAsync(channel.Id, address, cancellationToken);
        if (same is not null)
        {
            return (same, Created: false);
        }

        VideoProcessingJob? job = null;
        Video video;
        try
        {
            video = await writer.WriteAsync(
                async db =>
                {
                    // What came meanwhile is looked at here; going through all URLs of the channel would hold up whoever writes.
                    var present = await db.Videos.AsNoTracking().FirstOrDefaultAsync(Is(channel.Id, address))
                        ?? await db.Videos.AsNoTracking().FirstOrDefaultAsync(v => v.ChannelId == channel.Id && v.Id > latest && v.Url == address.Url);
                    if (present is not null)
                    {
                        return present;
                    }

                    if (!await db.Channels.AnyAsync(c => c.Id == channel.Id && c.DeletedAt == null))
                    {
                        throw new UnknownIdException("channelId", "channel", channel.Id);
                    }

                    var now = time.GetUtcNow();
                    var added = new Video
                    {
                        ChannelId = channel.Id,
                        ExternalId = address.ExternalId,
                        Url = address.Url,
                        Title = title,
                        CreatedAt = now,
                        UpdatedAt = now,
                    };
                    db.Videos.Add(added);
                    await db.SaveChangesAsync();
                    job = NextStage.New(
                        JobType.Download, channel.Id, added.Id, request.Priority ?? channel.Priority, retry.Value.MaxAttempts, now);
                    db.Jobs.Add(job);
                    db.Note(actor, AuditAction.AddVideo, now, channelId: channel.Id, videoId: added.Id, details: new { added.Title });
                    await db.SaveChangesAsync();
                    return added;
                },
                cancellationToken);
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            // Another process added it between the look and the write.
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            return (await db.Videos.AsNoTracking().FirstAsync(Is(channel.Id, address), cancellationToken), Created: false);
        }

        if (job is not null)
        {
            signals.RaiseQueued(job);
        }

        return (video, Created: job is not null);
    }

    /// <summary>Videos that match, newest first.</summary>
    /// <param name="beforeId">Only videos older than this one: the last of the page before.</param>
    /// <exception cref="InvalidRequestException"/>
    public async Task<IReadOnlyList<VideoDetails>> ListAsync(
        VideoFilter filter, int limit, long? beforeId, CancellationToken cancellationToken = default)
    {
        filter.Validate();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var matching = filter.Apply(db.Videos.AsNoTracking());
        if (beforeId is { } id)
        {
            matching = matching.Where(v => v.Id < id);
        }

        var videos = await matching.OrderByDescending(v => v.Id).Take(limit).ToListAsync(cancellationToken);
        return await WithDetailsAsync(db, videos, cancellationToken);
    }

    /// <exception cref="UnknownIdException"/>
    public async Task<VideoDetails> GetAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var video = await db.Videos.AsNoTracking().FirstOrDefaultAsync(v => v.Id == id, cancellationToken)
            ?? throw new UnknownIdException("id", "video", id);
        return (await WithDetailsAsync(db, [video], cancellationToken))[0];
    }

    /// <summary>
    /// The channel's video with this URL, and its latest video. An entry of a feed has a name of its own, which nobody who adds
    /// the video by hand knows. There is no index of URLs, so all of the channel's are gone through.
    /// </summary>
    private async Task<(Video? Same, long Latest)> FindByUrlAsync(long channelId, VideoAddress address, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var latest = await db.Videos.Where(v => v.ChannelId == channelId).MaxAsync(v => (long?)v.Id, cancellationToken) ?? 0;
        var same = await db.Videos.AsNoTracking().FirstOrDefaultAsync(v => v.ChannelId == channelId && v.Url == address.Url, cancellationToken);
        return (same, latest);
    }

    private static System.Linq.Expressions.Expression<Func<Video, bool>> Is(long channelId, VideoAddress address) =>
        video => video.ChannelId == channelId && video.ExternalId == address.ExternalId;

    /// <summary>Three queries, however many videos there are.</summary>
    private static async Task<IReadOnlyList<VideoDetails>> WithDetailsAsync(
        PipelineDbContext db, List<Video> videos, CancellationToken cancellationToken)
    {
        var ids = videos.Select(video => video.Id).ToList();
        var jobs = await db.Jobs.AsNoTracking()
            .Where(j => j.VideoId != null && ids.Contains(j.VideoId.Value)
                && !db.Jobs.Any(later => later.VideoId == j.VideoId && later.JobType == j.JobType && later.Id > j.Id))
            .ToListAsync(cancellationToken);
        var artifacts = await db.Artifacts.AsNoTracking().Where(a => ids.Contains(a.VideoId)).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        var publications = await db.Publications.AsNoTracking().Where(p => ids.Contains(p.VideoId)).OrderBy(p => p.Id).ToListAsync(cancellationToken);

        var jobsOf = jobs.OrderBy(job => job.JobType).ToLookup(job => job.VideoId!.Value);
        var artifactsOf = artifacts.ToLookup(artifact => artifact.VideoId);
        var publicationsOf = publications.ToLookup(publication => publication.VideoId);
        return [.. videos.Select(video => new VideoDetails(video, [.. jobsOf[video.Id]], [.. artifactsOf[video.Id]], [.. publicationsOf[video.Id]]))];
    }

    private async Task<Channel> GetChannelAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Channels.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken)
            ?? throw new UnknownIdException("channelId", "channel", id);
    }
}
