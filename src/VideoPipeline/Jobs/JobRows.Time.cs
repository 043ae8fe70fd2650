using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>What time does to job rows: leases run out, retries become due, workflows fall silent.</summary>
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
                db.Attempts.AddRange(lost.Select(job => Transition.Rescue(job, retry.Value.MaxLostAttempts, now)));
                await db.SaveChangesAsync();
                return lost;
            });

            // Null: another node was faster with one of them. The next look tells what is left.
            if (rescued is { Count: > 0 })
            {
                logger.LogWarning("Took {Count} job(s) back from workers that died", rescued.Count);
                signals.RaiseQueued([.. rescued.Where(job => job.Status == JobStatus.Queued).Select(WaitingJob.Of)]);
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
                    .SetProperty(j => j.UpdatedAt, now));
                return (due, await retrying.MinAsync(j => (DateTimeOffset?)j.QueuedAt));
            },
            cancellationToken);

        // A workflow's job waits for its workflow, not for a worker.
        signals.RaiseQueued([.. due.Where(job => job.GithubWorkflowRunId is null).Select(WaitingJob.Of)]);
        return next;
    }

    /// <summary>processing or queued -> failed for every workflow's job of which nothing was heard for too long.</summary>
    public async Task FailSilentWorkflowsAsync(CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (!await Silent(db).AnyAsync(cancellationToken))
            {
                return;
            }
        }

        var failed = await GuardedAsync(async db =>
        {
            var now = time.GetUtcNow();
            var silent = await Silent(db).AsTracking().OrderBy(j => j.Id).Take(500).ToListAsync();
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
        });
        failed?.ForEach(job => signals.RaiseLeft(job));
    }

    private static IQueryable<VideoProcessingJob> Held(PipelineDbContext db) =>
        db.Jobs.Where(j => j.Status == JobStatus.Processing && j.LeaseExpiresAt != null);

    private IQueryable<VideoProcessingJob> Silent(PipelineDbContext db)
    {
        var silentSince = time.GetUtcNow() - retry.Value.WorkflowSilence;
        return db.Jobs.Where(j =>
            j.GithubWorkflowRunId != null && (j.Status == JobStatus.Queued || j.Status == JobStatus.Processing) && j.UpdatedAt < silentSince);
    }
}
