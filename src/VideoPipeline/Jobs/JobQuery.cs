using System.Linq.Expressions;

namespace VideoPipeline.Jobs;

/// <summary>Conditions and orders that several queries share.</summary>
public static class JobQuery
{
    /// <summary>Waits for a local worker.</summary>
    public static Expression<Func<VideoProcessingJob, bool>> Waiting { get; } =
        job => job.Status == JobStatus.Queued && job.GithubWorkflowRunId == null;

    /// <summary>The same as <see cref="JobStatuses.IsActive"/>, for the database.</summary>
    public static Expression<Func<VideoProcessingJob, bool>> Active { get; } =
        job => job.Status == JobStatus.Queued || job.Status == JobStatus.Processing || job.Status == JobStatus.Retrying;

    /// <summary>What decides a job's place, read without the rest of its row.</summary>
    public static Expression<Func<VideoProcessingJob, WaitingJob>> Place { get; } =
        job => new WaitingJob(job.Id, job.JobType, job.Priority, job.QueuedAt, job.ChannelId, job.VideoId);

    /// <summary>The order in which workers take jobs, the same as <see cref="WaitingJob.CompareTo"/>.</summary>
    public static IOrderedQueryable<VideoProcessingJob> InOrder(this IQueryable<VideoProcessingJob> jobs) =>
        jobs.OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt).ThenBy(j => j.Id);
}
