using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VideoPipeline.Database;
using VideoPipeline.GitHub;

namespace VideoPipeline.Jobs;

/// <summary>What time does to job rows: leases run out, retries become due, workflows fall silent, what has ended grows old.</summary>
public sealed partial class JobRows
{
    /// <summary>Takes jobs back whose lease has run out. Of nodes that find the same ones at once, one succeeds.</summary>
    /// <param name="holdersAreDead">
    /// True at the start of a process that owns the data folder alone: whoever held a job is dead, its lease needn't run out.
    /// </param>
    /// <returns>When the next lease runs out, unless it is renewed; null when no job runs.</returns>
    public async Task<DateTimeOffset?> RescueAsync(bool holdersAreDead, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Nearly always there is nothing to do: a look without a transaction.
            await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                var first = await Held(db).MinAsync(j => j.LeaseExpiresAt, cancellationToken);
                if (first is null || (first >= time.GetUtcNow() && !holdersAreDead))
                {
                    return first;
                }
            }

            var rescued = await GuardedAsync(async db =>
            {
                var now = time.GetUtcNow();
                var lost = await Held(db).AsTracking().Where(j => holdersAreDead || j.LeaseExpiresAt < now).OrderBy(j => j.Id).Take(500).ToListAsync();
                var attempts = lost.ConvertAll(job => (Job: job, Attempt: Transition.Rescue(job, retry.Value.MaxLostAttempts, now)));
                db.Attempts.AddRange(attempts.Select(ended => ended.Attempt));
                await db.SaveChangesAsync();
                return attempts;
            });

            // Null: another node was faster with one of them. The next look tells what is left.
            if (rescued is { Count: > 0 })
            {
                logger.LogWarning("Took {Count} job(s) back from workers that died", rescued.Count);
                signals.RaiseQueued([.. rescued.Select(ended => ended.Job).Where(job => job.Status == JobStatus.Queued).Select(WaitingJob.Of)]);
                rescued.ForEach(ended => signals.RaiseEnded(ended.Job, ended.Attempt));
            }
        }
    }

    /// <summary>retrying -> queued for every job whose time has come.</summary>
    /// <returns>When the next one is due; null when none waits.</returns>
    public async Task<DateTimeOffset?> QueueDueAsync(CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var first = await db.Jobs.Where(j => j.Status == JobStatus.Retrying).MinAsync(j => (DateTimeOffset?)j.QueuedAt, cancellationToken);
            if (first is null || first > time.GetUtcNow())
            {
                return first;
            }
        }

        var (due, next) = await writer.WriteAsync(
            async db =>
            {
                var now = time.GetUtcNow();
                var retrying = db.Jobs.Where(j => j.Status == JobStatus.Retrying);
                var due = await retrying.AsNoTracking().Where(j => j.QueuedAt <= now).OrderBy(j => j.QueuedAt).Take(1000).ToListAsync();
                var ids = due.Select(j => j.Id).ToList();
                await retrying.Where(j => ids.Contains(j.Id)).ExecuteUpdateAsync(set => set
                    .SetProperty(j => j.Status, JobStatus.Queued)
                    .SetProperty(j => j.WaitReason, (string?)null)
                    .SetProperty(j => j.WorkflowHeardAt, j => j.WorkflowHeardAt == null ? null : (DateTimeOffset?)now)
                    .SetProperty(j => j.UpdatedAt, now));
                return (due, await retrying.MinAsync(j => (DateTimeOffset?)j.QueuedAt));
            },
            cancellationToken);

        // A workflow's job waits for its workflow, not for a worker.
        signals.RaiseQueued([.. due.Where(job => job.GithubWorkflowRunId is null).Select(WaitingJob.Of)]);
        signals.RaiseChanged();
        return next;
    }

    /// <summary>
    /// processing or queued -> retrying or failed for every workflow's job of which nothing was heard for too long. The clock is
    /// in the row, so restarts don't set it back; of nodes that find the same ones at once, one succeeds.
    /// </summary>
    public async Task FailSilentWorkflowsAsync(CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (!await Silent(db).AnyAsync(cancellationToken))
            {
                return;
            }
        }

        var fallenSilent = await GuardedAsync(async db =>
        {
            var now = time.GetUtcNow();
            var silent = await Silent(db).AsTracking().OrderBy(j => j.Id).Take(500).ToListAsync();
            var failed = new List<(VideoProcessingJob Job, JobAttempt Attempt)>();

            // In the same transaction: a run that may still be alive is cancelled.
            await WorkflowDispatches.WakeAsync(db, silent, now);
            foreach (var job in silent)
            {
                var error = JobError.From(
                    $"GitHub workflow run {job.GithubWorkflowRunId?.ToString(CultureInfo.InvariantCulture) ?? "(not known which)"} "
                        + $"has reported nothing for {github.Value.SilenceLimit}.",
                    "WorkflowSilent");
                if (job.Status == JobStatus.Queued)
                {
                    Transition.Claim(job, WorkflowReports.WorkerOf(job), Guid.NewGuid(), leaseExpiresAt: null, now);
                }

                failed.Add((job, Transition.Fail(job, error, permanent: false, RetryBackoff.Delay(job, retry.Value, random.NextDouble()), now)));
            }

            db.Attempts.AddRange(failed.Select(ended => ended.Attempt));
            await db.SaveChangesAsync();
            return failed;
        });
        fallenSilent?.ForEach(ended =>
        {
            SignalRetrying(ended.Job);
            signals.RaiseLeft(ended.Job);
            signals.RaiseEnded(ended.Job, ended.Attempt);
        });
    }

    private static IQueryable<VideoProcessingJob> Held(PipelineDbContext db) =>
        db.Jobs.Where(j => j.Status == JobStatus.Processing && j.LeaseExpiresAt != null);

    private IQueryable<VideoProcessingJob> Silent(PipelineDbContext db)
    {
        var silentSince = time.GetUtcNow() - github.Value.SilenceLimit;
        return db.Jobs.Where(j => j.WorkflowHeardAt < silentSince && (j.Status == JobStatus.Queued || j.Status == JobStatus.Processing));
    }

    /// <summary>Deletes some of the jobs that ended with this status before that time; their attempts go with them.</summary>
    /// <param name="status">An ended one.</param>
    /// <param name="most">So many at most, those that ended first.</param>
    /// <returns>
    /// How many were found, and how many of them this call has deleted: less when another node was faster, or one was retried
    /// in that moment.
    /// </returns>
    public async Task<(int Found, int Deleted)> PruneAsync(JobStatus status, DateTimeOffset endedBefore, int most, CancellationToken cancellationToken)
    {
        if (status.IsActive())
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "A job with this status has not ended.");
        }

        // Looked for outside of the write, which others wait for. A video's job stays for as long as an older one of the same
        // type does: the latest job is what tells how far the video is, and a failure that was mended since must not become it.
        await using var read = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await read.Jobs
            .Where(j => j.Status == status && j.CompletedAt < endedBefore)
            .Where(j => j.VideoId == null || !read.Jobs.Any(older => older.VideoId == j.VideoId && older.JobType == j.JobType && older.Id < j.Id))
            .OrderBy(j => j.CompletedAt).Select(j => new { j.Id, j.CompletedAt }).Take(most).ToListAsync(cancellationToken);
        if (found.Count == 0)
        {
            return (0, 0);
        }

        // The condition again: a job that was retried since it was found has another status, or ended again just now. The range
        // says it in a way that keeps the database from looking at all that is old.
        var ids = found.ConvertAll(job => job.Id);
        var (first, last) = (found[0].CompletedAt, found[^1].CompletedAt);
        return (found.Count, await writer.WriteAsync(
            db => db.Jobs.Where(j => j.Status == status && j.CompletedAt >= first && j.CompletedAt <= last && ids.Contains(j.Id)).ExecuteDeleteAsync(),
            cancellationToken));
    }
}
