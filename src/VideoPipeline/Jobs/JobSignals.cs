namespace VideoPipeline.Jobs;

/// <summary>
/// Tells the rest of the process what was committed, so that it needn't wait for the next reconciliation. A signal that is
/// lost with a dying process costs nothing but that time: the rows say the same. Handlers must return at once.
/// </summary>
public sealed class JobSignals
{
    /// <summary>These jobs wait for a worker now.</summary>
    public event Action<IReadOnlyList<WaitingJob>>? Queued;

    /// <summary>This job waits no more: it was claimed, cancelled or reported.</summary>
    public event Action<LeftJob>? Left;

    /// <summary>A worker has given its job back, since this one that goes before it still waits.</summary>
    public event Action<WaitingJob>? Outranked;

    /// <summary>Completes when its subscriber has acted on all that was raised before.</summary>
    public event Func<Task>? Flush;

    /// <summary>A job is to be queued at this time.</summary>
    public event Action<DateTimeOffset>? Retrying;

    /// <summary>Some job's row has changed, in whatever way.</summary>
    public event Action? Changed;

    /// <summary>This attempt has ended, and left its job like this.</summary>
    public event Action<VideoProcessingJob, JobAttempt>? Ended;

    /// <summary>This job, whose stage runs here, is held by this process no more.</summary>
    public event Action<VideoProcessingJob>? LeaseLost;

    public void RaiseQueued(IReadOnlyList<WaitingJob> jobs)
    {
        if (jobs.Count > 0)
        {
            Queued?.Invoke(jobs);
            RaiseChanged();
        }
    }

    public void RaiseQueued(VideoProcessingJob job) => RaiseQueued([WaitingJob.Of(job)]);

    /// <param name="mirroredAs">The background job that waited in its stead, where the row knew.</param>
    /// <param name="claimedBy">The background job that claimed it.</param>
    public void RaiseLeft(VideoProcessingJob job, string? mirroredAs = null, string? claimedBy = null)
    {
        Left?.Invoke(new LeftJob(job.Id, job.JobType, mirroredAs, claimedBy, job.HangfireJobId));
        RaiseChanged();
    }

    public void RaiseOutranked(WaitingJob ahead) => Outranked?.Invoke(ahead);

    /// <summary>Waits until everything that was raised before has had its effect.</summary>
    public Task FlushAsync() => Flush?.Invoke() ?? Task.CompletedTask;

    public void RaiseRetrying(VideoProcessingJob job)
    {
        Retrying?.Invoke(job.QueuedAt);
        RaiseChanged();
    }

    public void RaiseLeaseLost(VideoProcessingJob job) => LeaseLost?.Invoke(job);

    public void RaiseChanged() => Changed?.Invoke();

    public void RaiseEnded(VideoProcessingJob job, JobAttempt attempt)
    {
        Ended?.Invoke(job, attempt);
        RaiseChanged();
    }
}

/// <summary>A job that waits no more.</summary>
/// <param name="MirroredAs">The background job that waited in its stead, where the row knew.</param>
/// <param name="ClaimedBy">The background job that claimed it; null when none did.</param>
/// <param name="LatestAs">The background job of its latest attempt.</param>
public sealed record LeftJob(long Id, JobType JobType, string? MirroredAs, string? ClaimedBy, string? LatestAs);
