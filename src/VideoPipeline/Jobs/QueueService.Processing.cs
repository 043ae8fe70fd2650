namespace VideoPipeline.Jobs;

/// <summary>Synchronous processing: the caller waits until the jobs have run, in this process, beside its workers.</summary>
public sealed partial class QueueService
{
    private const int MaxBatchSize = 1000;

    private string SynchronousWorker => node.NameOf("api");

    /// <summary>
    /// Runs the waiting job that is first in order (of this type, or of all) through the same steps as a worker.
    /// </summary>
    /// <returns>The job as it ended; null when none waits or the queue is paused.</returns>
    public Task<VideoProcessingJob?> ProcessNextJobAsync(JobType? jobType = null) =>
        ProcessAsync(types => rows.ClaimNextAsync(types, SynchronousWorker), jobType);

    /// <summary>Runs up to so many jobs one after the other, past failures, until none waits or the queue is paused.</summary>
    /// <returns>The jobs as they ended.</returns>
    /// <exception cref="InvalidRequestException"/>
    public async Task<IReadOnlyList<VideoProcessingJob>> ProcessBatchAsync(
        int batchSize, JobType? jobType = null, CancellationToken cancellationToken = default)
    {
        if (batchSize is < 1 or > MaxBatchSize)
        {
            throw new InvalidRequestException("batchSize", $"must be from 1 to {MaxBatchSize}");
        }

        return await ProcessManyAsync(() => ProcessNextJobAsync(jobType), batchSize, cancellationToken);
    }

    /// <summary>
    /// Runs the jobs that have been tried before and whose delay is over, one after the other. A job whose time has not
    /// come is left alone: retries are never early.
    /// </summary>
    /// <returns>The jobs as they ended.</returns>
    public Task<IReadOnlyList<VideoProcessingJob>> ProcessRetryingJobsAsync(CancellationToken cancellationToken = default) =>
        ProcessManyAsync(() => ProcessAsync(types => rows.ClaimNextRetryAsync(types, SynchronousWorker), jobType: null), MaxBatchSize, cancellationToken);

    private static async Task<IReadOnlyList<VideoProcessingJob>> ProcessManyAsync(
        Func<Task<VideoProcessingJob?>> next, int most, CancellationToken cancellationToken)
    {
        var processed = new List<VideoProcessingJob>();
        while (processed.Count < most && !cancellationToken.IsCancellationRequested && await next() is { } job)
        {
            processed.Add(job);
        }

        return processed;
    }

    /// <summary>Types whose jobs GitHub runs are left to it.</summary>
    private async Task<VideoProcessingJob?> ProcessAsync(Func<IReadOnlyCollection<JobType>, Task<VideoProcessingJob?>> claim, JobType? jobType)
    {
        JobType[] open = [.. JobTypes.All.Where(type => (jobType is null || type == jobType) && !pauses.IsPaused(type) && github.Value.DispatchOf(type) is null)];
        if (open.Length == 0 || runner.IsStopping || await claim(open) is not { } claimed)
        {
            return null;
        }

        // To its end, whatever becomes of the caller: a client that hangs up has not cancelled the job.
        await runner.RunClaimedAsync(claimed);
        return await GetJobAsync(claimed.Id) ?? claimed;
    }
}
