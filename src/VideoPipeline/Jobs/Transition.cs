using static VideoPipeline.Jobs.JobStatus;

namespace VideoPipeline.Jobs;

/// <summary>
/// The rules of a job's life, without I/O: which status may follow which, what becomes of a job whose attempt ended, and
/// what each transition changes on the row. <see cref="JobRows"/> and <see cref="QueueService"/> save the result as an
/// update guarded by the old status and token.
/// </summary>
public static class Transition
{
    /// <summary>Whether an operator can retry a job by hand: it has ended without success, or waits for a later time.</summary>
    public static bool CanRetry(JobStatus status) => status is Failed or Cancelled or Retrying;

    /// <summary>Whether an operator can stop a job: it has not ended.</summary>
    public static bool CanCancel(JobStatus status) => status.IsActive();

    /// <summary>
    /// What becomes of a job whose attempt failed: <see cref="Retrying"/> while attempts are left, else <see cref="Failed"/>.
    /// </summary>
    /// <param name="attempts">Starts so far, this one included.</param>
    /// <param name="lostAttempts">How many of them ended with their worker's death: those didn't fail.</param>
    /// <param name="maxAttempts">How many may fail.</param>
    /// <param name="permanent">No retry can mend the error.</param>
    public static JobStatus AfterFailure(int attempts, int lostAttempts, int maxAttempts, bool permanent) =>
        permanent || attempts - lostAttempts >= maxAttempts ? Failed : Retrying;

    /// <summary>
    /// What becomes of a job whose worker died. A power cut or a restart is not the job's fault, so lost attempts have a
    /// limit of their own; but a job that kills its worker must not loop for ever. A job that may be started only once
    /// (<paramref name="maxAttempts"/> is 1) is never started again.
    /// </summary>
    /// <param name="lostAttempts">Attempts lost so far, this one included.</param>
    /// <param name="maxAttempts">How many attempts may fail.</param>
    /// <param name="maxLostAttempts">How many attempts may be lost.</param>
    public static JobStatus AfterLostWorker(int lostAttempts, int maxAttempts, int maxLostAttempts) =>
        maxAttempts <= 1 || lostAttempts >= maxLostAttempts ? Failed : Queued;

    /// <summary>queued -> processing. <paramref name="leaseExpiresAt"/> is null when a GitHub workflow runs the job.</summary>
    public static void Claim(VideoProcessingJob job, string worker, Guid token, DateTimeOffset? leaseExpiresAt, DateTimeOffset now)
    {
        Move(job, [Queued], Processing, now);
        job.Attempts++;
        job.Worker = worker;
        job.LeaseToken = token;
        job.LeaseExpiresAt = leaseExpiresAt;
        job.WaitSeconds = Math.Max(0, (now - WaitsSince(job)).TotalSeconds);
        job.StartedAt = now;
        job.WaitReason = null;
        job.Progress = 0;
    }

    /// <summary>retrying -> queued: its time has come.</summary>
    public static void BecomeDue(VideoProcessingJob job, DateTimeOffset now)
    {
        Move(job, [Retrying], Queued, now);
        job.WaitReason = null;
    }

    /// <summary>processing -> completed.</summary>
    public static JobAttempt Complete(VideoProcessingJob job, string? resultJson, DateTimeOffset now)
    {
        Move(job, [Processing], Completed, now);
        var attempt = EndAttempt(job, AttemptOutcome.Completed, error: null, now);
        job.Result = resultJson;
        job.Progress = 100;
        return attempt;
    }

    /// <summary>processing -> retrying or failed, by <see cref="AfterFailure"/>.</summary>
    /// <param name="delay">Of the retry, if there is one.</param>
    public static JobAttempt Fail(VideoProcessingJob job, JobError error, bool permanent, TimeSpan delay, DateTimeOffset now)
    {
        var next = AfterFailure(job.Attempts, job.LostAttempts, job.MaxAttempts, permanent);
        Move(job, [Processing], next, now);
        var attempt = EndAttempt(job, AttemptOutcome.Failed, error, now);
        if (next == Retrying)
        {
            job.QueuedAt = now + delay;
        }

        return attempt;
    }

    /// <summary>processing -> retrying at a known time; the attempt doesn't count.</summary>
    public static JobAttempt Snooze(VideoProcessingJob job, string reason, DateTimeOffset until, DateTimeOffset now)
    {
        Move(job, [Processing], Retrying, now);
        var attempt = EndAttempt(job, AttemptOutcome.Snoozed, error: null, now);
        attempt.ErrorMessage = reason;
        job.Attempts--;
        job.WaitReason = reason;
        job.QueuedAt = until > now ? until : now;
        return attempt;
    }

    /// <summary>processing -> queued at its old place; the attempt doesn't count.</summary>
    public static JobAttempt GiveBack(VideoProcessingJob job, DateTimeOffset now)
    {
        Move(job, [Processing], Queued, now);
        var attempt = EndAttempt(job, AttemptOutcome.GivenBack, error: null, now);
        job.Attempts--;
        return attempt;
    }

    /// <summary>processing -> queued at its old place or failed, by <see cref="AfterLostWorker"/>.</summary>
    public static JobAttempt Rescue(VideoProcessingJob job, int maxLostAttempts, DateTimeOffset now)
    {
        var next = AfterLostWorker(job.LostAttempts + 1, job.MaxAttempts, maxLostAttempts);
        Move(job, [Processing], next, now);
        job.LostAttempts++;
        var error = JobError.From(
            next == Failed
                ? $"Its worker {job.Worker} died while it ran, {job.LostAttempts} time(s) in all, and it may not be started again. "
                    + "Retry it by hand once the reason is mended."
                : $"Its worker {job.Worker} died while it ran.",
            "WorkerLost");
        var attempt = EndAttempt(job, AttemptOutcome.Lost, error, now);
        if (next == Queued)
        {
            job.ErrorMessage = null;
            job.ErrorDetails = null;
        }

        return attempt;
    }

    /// <summary>queued, retrying or processing -> cancelled. Returns the attempt that this ends, if one ran.</summary>
    public static JobAttempt? Cancel(VideoProcessingJob job, DateTimeOffset now)
    {
        var ran = job.Status == Processing;
        Move(job, [Queued, Retrying, Processing], Cancelled, now);
        var attempt = ran ? EndAttempt(job, AttemptOutcome.Cancelled, error: null, now) : null;
        job.WaitReason = null;
        return attempt;
    }

    /// <summary>failed, cancelled or retrying -> queued, by hand: at the end of the queue, with a fresh budget. The attempts keep the errors.</summary>
    public static void Retry(VideoProcessingJob job, DateTimeOffset now)
    {
        Move(job, [Failed, Cancelled, Retrying], Queued, now);
        job.Attempts = 0;
        job.LostAttempts = 0;
        job.ErrorMessage = null;
        job.ErrorDetails = null;
        job.WaitReason = null;
        job.Progress = null;
        job.QueuedAt = now;
    }

    /// <summary>A job that came back to its place has run in between.</summary>
    private static DateTimeOffset WaitsSince(VideoProcessingJob job)
    {
        var endedAt = job is { StartedAt: { } startedAt, DurationSeconds: { } duration } ? startedAt.AddSeconds(duration) : job.QueuedAt;
        return endedAt > job.QueuedAt ? endedAt : job.QueuedAt;
    }

    private static void Move(VideoProcessingJob job, ReadOnlySpan<JobStatus> from, JobStatus to, DateTimeOffset now)
    {
        if (!from.Contains(job.Status))
        {
            throw new ImpossibleTransitionException(job.Id, job.Status, to);
        }

        job.Status = to;
        job.MirroredAs = null;
        job.CompletedAt = to is Completed or Failed or Cancelled ? now : null;
        job.UpdatedAt = now;
        if (to is Queued or Retrying && job.GithubDispatched)
        {
            // The next attempt is another run, or a local worker's when dispatching was turned off meanwhile.
            job.GithubDispatched = false;
            job.GithubWorkflowRunId = null;
            job.GithubRunAttempt = null;
            job.WorkflowHeardAt = null;
        }
        else if (to is Queued && job.WorkflowHeardAt is not null)
        {
            // From now on its run is waited for.
            job.WorkflowHeardAt = now;
        }
    }

    private static JobAttempt EndAttempt(VideoProcessingJob job, AttemptOutcome outcome, JobError? error, DateTimeOffset now)
    {
        var startedAt = job.StartedAt ?? now;
        job.DurationSeconds = Math.Max(0, (now - startedAt).TotalSeconds);
        job.LeaseToken = null;
        job.LeaseExpiresAt = null;
        job.ProgressSpeed = null;
        job.EtaSeconds = null;
        job.ErrorMessage = error?.Message;
        job.ErrorDetails = error?.DetailsJson;
        return new JobAttempt
        {
            JobId = job.Id,
            Number = job.Attempts,
            Worker = job.Worker,
            StartedAt = startedAt,
            EndedAt = now,
            Outcome = outcome,
            ErrorMessage = error?.Message,
            ErrorDetails = error?.DetailsJson,
        };
    }
}

/// <summary>The job's status doesn't allow what was asked; nothing was changed.</summary>
public sealed class ImpossibleTransitionException(long jobId, JobStatus from, JobStatus to)
    : Exception($"Job {jobId} is {from.Name()}: it cannot become {to.Name()}.");
