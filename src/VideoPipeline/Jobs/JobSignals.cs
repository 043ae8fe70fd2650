namespace VideoPipeline.Jobs;

/// <summary>
/// Tells the rest of the process what was committed, so that it needn't wait for the next reconciliation. A signal that is
/// lost with a dying process costs nothing but that time: the rows say the same. Handlers must return at once.
/// </summary>
public sealed class JobSignals
{
    /// <summary>These jobs wait for a worker now.</summary>
    public event Action<IReadOnlyList<WaitingJob>>? Queued;

    /// <summary>
    /// This job waits no more: it was claimed, cancelled or reported. The last argument is the background job that claimed it.
    /// </summary>
    public event Action<JobType, long, string?>? Left;

    /// <summary>Completes when its subscriber has acted on all that was raised before.</summary>
    public event Func<Task>? Flush;

    /// <summary>A job is to be queued at this time.</summary>
    public event Action<DateTimeOffset>? Retrying;

    public void RaiseQueued(IReadOnlyList<WaitingJob> jobs)
    {
        if (jobs.Count > 0)
        {
            Queued?.Invoke(jobs);
        }
    }

    public void RaiseQueued(VideoProcessingJob job) => RaiseQueued([WaitingJob.Of(job)]);

    public void RaiseLeft(VideoProcessingJob job, string? claimedBy = null) => Left?.Invoke(job.JobType, job.Id, claimedBy);

    /// <summary>Waits until everything that was raised before has had its effect.</summary>
    public Task FlushAsync() => Flush?.Invoke() ?? Task.CompletedTask;

    public void RaiseRetrying(VideoProcessingJob job) => Retrying?.Invoke(job.QueuedAt);
}
