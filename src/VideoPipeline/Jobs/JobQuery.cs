using System.Linq.Expressions;

namespace VideoPipeline.Jobs;

/// <summary>Conditions and orders that several queries share.</summary>
public static class JobQuery
{
    /// <summary>Waits for a local worker.</summary>
    public static Expression<Func<VideoProcessingJob, bool>> Waiting { get; } =
        job => job.Status == JobStatus.Queued && job.GithubWorkflowRunId == null;

    /// <summary>The order in which workers take jobs, the same as <see cref="WaitingJob.CompareTo"/>.</summary>
    public static IOrderedQueryable<VideoProcessingJob> InOrder(this IQueryable<VideoProcessingJob> jobs) =>
        jobs.OrderByDescending(j => j.Priority).ThenBy(j => j.QueuedAt).ThenBy(j => j.Id);
}
