using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>The job that follows a completed one.</summary>
internal static class NextStage
{
    /// <summary>
    /// Null when the chain ends here, or when the video has an active job of the next type already (an operator enqueued
    /// it): one is enough, and the database would refuse a second.
    /// </summary>
    public static async Task<VideoProcessingJob?> OfAsync(PipelineDbContext db, VideoProcessingJob completed, int maxAttempts, DateTimeOffset now)
    {
        if (completed.JobType.Next() is not { } jobType || completed.VideoId is null)
        {
            return null;
        }

        // Read, not taken from the claim: an operator may have changed the priority while the job ran.
        var video = await db.Jobs.Where(j => j.Id == completed.Id).Select(j => new
        {
            j.Priority,
            HasNext = db.Jobs.Where(JobQuery.Active).Any(n => n.VideoId == j.VideoId && n.JobType == jobType),
        }).FirstAsync();
        return video.HasNext ? null : New(jobType, completed.ChannelId, completed.VideoId, video.Priority, maxAttempts, now);
    }

    public static VideoProcessingJob New(JobType jobType, long channelId, long? videoId, int priority, int maxAttempts, DateTimeOffset now) => new()
    {
        JobType = jobType,
        ChannelId = channelId,
        VideoId = videoId,
        Status = JobStatus.Queued,
        Priority = priority,
        MaxAttempts = maxAttempts,
        QueuedAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
