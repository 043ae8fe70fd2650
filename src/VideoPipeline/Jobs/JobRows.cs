using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Stages;

namespace VideoPipeline.Jobs;

/// <summary>
/// What workers do to job rows: claim, renew, report, end. Every update is guarded by the status and the token that were
/// read, so a worker that is late (it was frozen, or its job was cancelled or rescued) changes nothing.
/// </summary>
public sealed class JobRows(
    RowWriter writer, JobSignals signals, TimeProvider time, Random random, IOptions<RetryOptions> retry, IOptions<LeaseOptions> lease)
{
    /// <summary>Takes this job if it is still queued and no workflow's; null when it isn't.</summary>
    public Task<VideoProcessingJob?> ClaimAsync(long jobId, string worker, string? hangfireJobId) =>
        ClaimAsync(db => db.Jobs.AsTracking().FirstOrDefaultAsync(j => j.Id == jobId), worker, hangfireJobId);

    /// <summary>Takes the job of these types that is first in order; null when none waits.</summary>
    public Task<VideoProcessingJob?> ClaimNextAsync(IReadOnlyCollection<JobType> jobTypes, string worker) =>
        ClaimAsync(db => FirstAsync(jobTypes, type => db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == type)), worker, hangfireJobId: null);

    /// <summary>
    /// Takes the first of the jobs that have been tried before and whose delay is over; null when none waits.
    /// </summary>
    public Task<VideoProcessingJob?> ClaimNextRetryAsync(IReadOnlyCollection<JobType> jobTypes, string worker)
    {
        var now = time.GetUtcNow();
        return ClaimAsync(
            async db => First(
                await FirstAsync(jobTypes, type => db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == type && j.Attempts > 0)),
                await FirstAsync(jobTypes, type => db.Jobs.Where(j =>
                    j.Status == JobStatus.Retrying && j.QueuedAt <= now && j.JobType == type && j.GithubWorkflowRunId == null))),
            worker,
            hangfireJobId: null);
    }

    /// <summary>Lengthens the leases; returns the tokens that still hold.</summary>
    public Task<List<Guid>> RenewAsync(IReadOnlyCollection<Guid> tokens, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            var expiresAt = time.GetUtcNow() + lease.Value.Duration;
            var held = db.Jobs.Where(j => j.Status == JobStatus.Processing && j.LeaseToken != null && tokens.Contains(j.LeaseToken.Value));
            await held.ExecuteUpdateAsync(set => set.SetProperty(j => j.LeaseExpiresAt, expiresAt));
            return await held.Select(j => j.LeaseToken!.Value).ToListAsync();
        },
        cancellationToken);

    public Task ReportProgressAsync(long jobId, Guid token, StageProgress progress, CancellationToken cancellationToken) => writer.WriteAsync(
        db =>
        {
            var now = time.GetUtcNow();
            return db.Jobs.Where(j => j.Id == jobId && j.LeaseToken == token).ExecuteUpdateAsync(set => set
                .SetProperty(j => j.Progress, progress.Percent)
                .SetProperty(j => j.ProgressSpeed, progress.Speed)
                .SetProperty(j => j.EtaSeconds, progress.Remaining == null ? null : progress.Remaining.Value.TotalSeconds)
                .SetProperty(j => j.UpdatedAt, now));
        },
        cancellationToken);

    /// <summary>
    /// processing -> completed, with the stage's own rows and the next stage's job in the same transaction: a crash at any
    /// instruction leaves either none of them or all. False when the job is no longer the caller's.
    /// </summary>
    public async Task<bool> CompleteAsync(VideoProcessingJob claimed, StageResult result)
    {
        var queued = await EndAsync(claimed, async (db, job) =>
        {
            var now = time.GetUtcNow();
            db.Attempts.Add(Transition.Complete(job, result.Value is null ? null : JsonSerializer.Serialize(result.Value, JsonSerializerOptions.Web), now));
            var added = new List<VideoProcessingJob>();
            if (result.Apply is not null)
            {
                added.AddRange(await result.Apply(db, now, CancellationToken.None));
            }

            if (await NextStage.OfAsync(db, job, retry.Value.MaxAttempts, now) is { } next)
            {
                added.Add(next);
            }

            db.Jobs.AddRange(added);
            return added;
        });

        signals.RaiseQueued([.. queued?.Select(WaitingJob.Of) ?? []]);
        return queued is not null;
    }

    /// <summary>processing -> retrying or failed. Null when the job is no longer the caller's.</summary>
    public async Task<VideoProcessingJob?> FailAsync(VideoProcessingJob claimed, Exception exception)
    {
        var ended = await EndAsync(claimed, (db, job) =>
        {
            var delay = RetryBackoff.Delay(Math.Max(1, job.Attempts - job.LostAttempts), retry.Value, random.NextDouble());
            db.Attempts.Add(Transition.Fail(job, JobError.From(exception), exception is PermanentFailureException, delay, time.GetUtcNow()));
            return Task.FromResult(job);
        });
        SignalRetrying(ended);
        return ended;
    }

    /// <summary>processing -> retrying, at the time that the stage named. Null when the job is no longer the caller's.</summary>
    public async Task<VideoProcessingJob?> SnoozeAsync(VideoProcessingJob claimed, SnoozeException snooze)
    {
        var ended = await EndAsync(claimed, (db, job) =>
        {
            db.Attempts.Add(Transition.Snooze(job, snooze.Message, snooze.Until, time.GetUtcNow()));
            return Task.FromResult(job);
        });
        SignalRetrying(ended);
        return ended;
    }

    /// <summary>processing -> queued, at its old place and without an attempt spent. False when the job is no longer the caller's.</summary>
    public async Task<bool> GiveBackAsync(VideoProcessingJob claimed)
    {
        var ended = await EndAsync(claimed, (db, job) =>
        {
            db.Attempts.Add(Transition.GiveBack(job, time.GetUtcNow()));
            return Task.FromResult(job);
        });
        if (ended is not null)
        {
            signals.RaiseQueued(ended);
        }

        return ended is not null;
    }

    /// <summary>
    /// Takes jobs back whose lease has run out.
    /// </summary>
    /// <param name="holdersAreDead">
    /// True at the start of a process that owns the data folder alone: whoever held a job is dead, its lease needn't run out.
    /// </param>
    /// <returns>How many.</returns>
    public async Task<int> RescueAsync(bool holdersAreDead, CancellationToken cancellationToken)
    {
        var rescued = await writer.WriteAsync(
            async db =>
            {
                var now = time.GetUtcNow();
                var lost = await db.Jobs.AsTracking()
                    .Where(j => j.Status == JobStatus.Processing && j.LeaseExpiresAt != null && (holdersAreDead || j.LeaseExpiresAt < now))
                    .OrderBy(j => j.Id).Take(500).ToListAsync();
                db.Attempts.AddRange(lost.Select(job => Transition.Rescue(job, retry.Value.MaxLostAttempts, now)));
                await db.SaveChangesAsync();
                return lost;
            },
            cancellationToken);

        signals.RaiseQueued([.. rescued.Where(job => job.Status == JobStatus.Queued).Select(WaitingJob.Of)]);
        return rescued.Count;
    }

    /// <summary>retrying -> queued for every job whose time has come.</summary>
    /// <returns>When the next one is due; null when none waits.</returns>
    public async Task<DateTimeOffset?> QueueDueAsync(CancellationToken cancellationToken)
    {
        var (due, next) = await writer.WriteAsync(
            async db =>
            {
                var now = time.GetUtcNow();
                var retrying = db.Jobs.Where(j => j.Status == JobStatus.Retrying);
                var due = await retrying.AsNoTracking().Where(j => j.QueuedAt <= now).OrderBy(j => j.QueuedAt).Take(1000).ToListAsync();
                if (due.Count > 0)
                {
                    var ids = due.Select(j => j.Id).ToList();
                    await retrying.Where(j => ids.Contains(j.Id)).ExecuteUpdateAsync(set => set
                        .SetProperty(j => j.Status, JobStatus.Queued)
                        .SetProperty(j => j.WaitReason, (string?)null)
                        .SetProperty(j => j.UpdatedAt, now));
                }

                return (due, await retrying.MinAsync(j => (DateTimeOffset?)j.QueuedAt));
            },
            cancellationToken);

        // A workflow's job waits for its workflow, not for a worker.
        signals.RaiseQueued([.. due.Where(job => job.GithubWorkflowRunId is null).Select(WaitingJob.Of)]);
        return next;
    }

    /// <summary>processing or queued -> failed or retrying for every workflow's job of which nothing was heard for too long.</summary>
    public async Task FailSilentWorkflowsAsync(CancellationToken cancellationToken)
    {
        var failed = await writer.WriteAsync(
            async db =>
            {
                var now = time.GetUtcNow();
                var silentSince = now - retry.Value.WorkflowSilence;
                var silent = await db.Jobs.AsTracking()
                    .Where(j => j.GithubWorkflowRunId != null && (j.Status == JobStatus.Queued || j.Status == JobStatus.Processing))
                    .Where(j => j.UpdatedAt < silentSince).OrderBy(j => j.Id).Take(500).ToListAsync();
                foreach (var job in silent)
                {
                    var error = JobError.From(
                        $"GitHub workflow run {job.GithubWorkflowRunId} has reported nothing for {retry.Value.WorkflowSilence}.", "WorkflowSilent");
                    if (job.Status == JobStatus.Queued)
                    {
                        Transition.Claim(job, $"github-run/{job.GithubWorkflowRunId}", Guid.NewGuid(), leaseExpiresAt: null, now);
                    }

                    db.Attempts.Add(Transition.Fail(job, error, permanent: true, TimeSpan.Zero, now));
                }

                await db.SaveChangesAsync();
                return silent;
            },
            cancellationToken);
        failed.ForEach(job => signals.RaiseLeft(job));
    }

    private async Task<VideoProcessingJob?> ClaimAsync(
        Func<PipelineDbContext, Task<VideoProcessingJob?>> find, string worker, string? hangfireJobId)
    {
        var claimed = await GuardedAsync(async db =>
        {
            var job = await find(db);
            if (job is null || job.GithubWorkflowRunId is not null)
            {
                return null;
            }

            var now = time.GetUtcNow();
            if (job.Status == JobStatus.Retrying && job.QueuedAt <= now)
            {
                // Its time has come, only the timer hasn't been here yet.
                Transition.BecomeDue(job, now);
            }

            if (job.Status != JobStatus.Queued)
            {
                return null;
            }

            Transition.Claim(job, worker, Guid.NewGuid(), now + lease.Value.Duration, now);
            job.HangfireJobId = hangfireJobId;
            await db.SaveChangesAsync();
            return job;
        });
        if (claimed is not null)
        {
            signals.RaiseLeft(claimed, hangfireJobId);
        }

        return claimed;
    }

    /// <summary>Applies the ending if the job is still held with the claimed token; null when it isn't.</summary>
    private Task<T?> EndAsync<T>(VideoProcessingJob claimed, Func<PipelineDbContext, VideoProcessingJob, Task<T>> end)
        where T : class =>
        GuardedAsync(async db =>
        {
            var job = await db.Jobs.AsTracking()
                .FirstOrDefaultAsync(j => j.Id == claimed.Id && j.Status == JobStatus.Processing && j.LeaseToken == claimed.LeaseToken);
            if (job is null)
            {
                return null;
            }

            var ended = await end(db, job);
            await db.SaveChangesAsync();
            return ended;
        });

    /// <summary>Null when another process changed the job between the operation's read and its write: nothing was written.</summary>
    private async Task<T?> GuardedAsync<T>(Func<PipelineDbContext, Task<T?>> operation)
        where T : class
    {
        try
        {
            return await writer.WriteAsync(operation);
        }
        catch (DbUpdateConcurrencyException)
        {
            return null;
        }
    }

    /// <summary>The first in order over all types: one look at the head of each type's index, instead of a sort of all that waits.</summary>
    private static async Task<VideoProcessingJob?> FirstAsync(
        IReadOnlyCollection<JobType> jobTypes, Func<JobType, IQueryable<VideoProcessingJob>> waiting)
    {
        VideoProcessingJob? first = null;
        foreach (var jobType in jobTypes)
        {
            first = First(first, await waiting(jobType).AsTracking().InOrder().FirstOrDefaultAsync());
        }

        return first;
    }

    private static VideoProcessingJob? First(VideoProcessingJob? one, VideoProcessingJob? other) =>
        one is null || (other is not null && WaitingJob.Of(other) < WaitingJob.Of(one)) ? other : one;

    private void SignalRetrying(VideoProcessingJob? ended)
    {
        if (ended?.Status == JobStatus.Retrying)
        {
            signals.RaiseRetrying(ended);
        }
    }
}
