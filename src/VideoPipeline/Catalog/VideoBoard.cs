using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Catalog;

/// <summary>Which videos the board shows; what is null doesn't matter.</summary>
public sealed record VideoBoardFilter
{
    /// <summary>A part of the title, in upper or lower case.</summary>
    public string? Title { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>Of the video's latest job.</summary>
    public JobStatus? Status { get; init; }
}

/// <summary>A video as the board shows it.</summary>
/// <param name="Thumbnail">What its picture's content is known by; null when it has none.</param>
/// <param name="Stages">The latest job of each type, in the order of the stages.</param>
/// <param name="Position">Names its place in the list: the next part has lower ones.</param>
public sealed record BoardVideo(
    long Id, string Title, long ChannelId, string ChannelName, DateTimeOffset CreatedAt, string? Thumbnail, IReadOnlyList<BoardStage> Stages, long Position);

/// <summary>Of a job what the board shows, without what can be long.</summary>
public sealed record BoardStage
{
    public const int MaxReasonLength = 200;

    public required long JobId { get; init; }

    public required long VideoId { get; init; }

    public required JobType JobType { get; init; }

    public required JobStatus Status { get; init; }

    public required int Attempts { get; init; }

    public required int MaxAttempts { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    public required double? Progress { get; init; }

    public required double? Speed { get; init; }

    public required double? EtaSeconds { get; init; }

    /// <summary>Why it waits or has failed; the beginning of it.</summary>
    public required string? Reason { get; init; }

    public required long? GithubWorkflowRunId { get; init; }
}

/// <summary>
/// Reads the videos with their stages, a part at a time, newest first. What a part costs doesn't depend on how many videos
/// there are, but for a title that few of them have.
/// </summary>
public sealed class VideoBoard(IDbContextFactory<PipelineDbContext> contexts)
{
    /// <param name="before">Only videos at a lower <see cref="BoardVideo.Position"/>: the last of the part before.</param>
    public async Task<IReadOnlyList<BoardVideo>> ListAsync(
        VideoBoardFilter filter, int limit, long? before, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var places = filter.Status is { } status ? OfStatus(db, status, filter.ChannelId, before) : Newest(db, filter.ChannelId, before);
        if (filter.Title is { } title)
        {
            places = places.WhereContains(place => place.Video.Title, title);
        }

        var videos = await places.OrderByDescending(place => place.Position).Take(limit)
            .Select(place => new
            {
                place.Position,
                place.Video.Id,
                place.Video.Title,
                place.Video.ChannelId,
                ChannelName = db.Channels.Where(c => c.Id == place.Video.ChannelId).Select(c => c.Name).First(),
                place.Video.CreatedAt,
                Thumbnail = db.Artifacts.Where(a => a.VideoId == place.Video.Id && a.Kind == ArtifactKind.Thumbnail).Select(a => a.Sha256).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);

        var ids = videos.Select(video => video.Id).ToList();
        var stages = await db.Jobs
            .Where(j => j.VideoId != null && ids.Contains(j.VideoId.Value)
                && !db.Jobs.Any(later => later.VideoId == j.VideoId && later.JobType == j.JobType && later.Id > j.Id))
            .Select(j => new BoardStage
            {
                JobId = j.Id,
                VideoId = j.VideoId!.Value,
                JobType = j.JobType,
                Status = j.Status,
                Attempts = j.Attempts,
                MaxAttempts = j.MaxAttempts,
                QueuedAt = j.QueuedAt,
                Progress = j.Progress,
                Speed = j.ProgressSpeed,
                EtaSeconds = j.EtaSeconds,
                Reason = (j.WaitReason ?? j.ErrorMessage)!.Substring(0, BoardStage.MaxReasonLength),
                GithubWorkflowRunId = j.GithubWorkflowRunId,
            })
            .ToListAsync(cancellationToken);
        var stagesOf = stages.OrderBy(stage => stage.JobType).ToLookup(stage => stage.VideoId);
        return
        [
            .. videos.Select(video => new BoardVideo(
                video.Id, video.Title, video.ChannelId, video.ChannelName, video.CreatedAt, video.Thumbnail, [.. stagesOf[video.Id]], video.Position)),
        ];
    }

    private static IQueryable<Place> Newest(PipelineDbContext db, long? channelId, long? before)
    {
        IQueryable<Video> videos = db.Videos;
        if (channelId is { } channel)
        {
            videos = videos.Where(v => v.ChannelId == channel);
        }

        if (before is { } position)
        {
            videos = videos.Where(v => v.Id < position);
        }

        return videos.Select(v => new Place { Position = v.Id, Video = v });
    }

    /// <summary>From the jobs of this status down, whose index has them in order: the latest ones in front.</summary>
    private static IQueryable<Place> OfStatus(PipelineDbContext db, JobStatus status, long? channelId, long? before)
    {
        var jobs = db.Jobs.Where(j => j.Status == status && j.VideoId != null && !db.Jobs.Any(later => later.VideoId == j.VideoId && later.Id > j.Id));
        if (channelId is { } channel)
        {
            jobs = jobs.Where(j => j.ChannelId == channel);
        }

        if (before is { } position)
        {
            jobs = jobs.Where(j => j.Id < position);
        }

        return jobs.Join(db.Videos, j => j.VideoId, v => (long?)v.Id, (j, v) => new Place { Position = j.Id, Video = v });
    }

    private sealed class Place
    {
        public required long Position { get; init; }

        public required Video Video { get; init; }
    }
}
