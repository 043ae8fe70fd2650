namespace VideoPipeline.Jobs;

public sealed partial class QueueService
{
    /// <summary>What the GitHub workflow that runs this job says of it.</summary>
    /// <param name="status">processing, completed or failed.</param>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">The job is no workflow's, or its status doesn't allow it; nothing was changed.</exception>
    public async Task<VideoProcessingJob> UpdateJobFromWorkflowAsync(
        long jobId, JobStatus status, string? errorMessage, CancellationToken cancellationToken = default)
    {
        if (status is not (JobStatus.Processing or JobStatus.Completed or JobStatus.Failed))
        {
            throw new InvalidRequestException("status", "must be one of processing, completed, failed");
        }

        VideoProcessingJob? next = null;
        var job = await OperateAsync(
            jobId,
            async (db, job) =>
            {
                if (job.GithubWorkflowRunId is not { } runId)
                {
                    throw new ConflictException($"Job {jobId} is not run by a GitHub workflow: its own worker reports its status.");
                }

                var now = time.GetUtcNow();
                if (job.Status == JobStatus.Queued)
                {
                    // A report that skips "processing" still means that the workflow ran it.
                    Transition.Claim(job, $"github-run/{runId}", Guid.NewGuid(), leaseExpiresAt: null, now);
                }
                else if (status == JobStatus.Processing && job.Status != JobStatus.Processing)
                {
                    throw new ImpossibleTransitionException(jobId, job.Status, status);
                }

                switch (status)
                {
                    case JobStatus.Completed:
                        db.Attempts.Add(Transition.Complete(job, job.Result, now));
                        next = await NextStage.OfAsync(db, job, retry.Value.MaxAttempts, now);
                        if (next is not null)
                        {
                            db.Jobs.Add(next);
                        }

                        break;
                    case JobStatus.Failed:
                        var delay = RetryBackoff.Delay(job, retry.Value, random: 0);
                        var error = JobError.From(errorMessage ?? $"GitHub workflow run {runId} failed.", "WorkflowFailure");
                        db.Attempts.Add(Transition.Fail(job, error, permanent: false, delay, now));
                        break;
                    default:
                        job.UpdatedAt = now;
                        break;
                }
            },
            cancellationToken);
        if (next is not null)
        {
            signals.RaiseQueued(next);
        }

        if (job.Status == JobStatus.Retrying)
        {
            signals.RaiseRetrying(job);
        }

        return job;
    }
}
