using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.GitHub;

/// <summary>
/// The rows of the dispatcher: the claim of a job for a workflow, and each step of its dispatch, guarded against other nodes
/// and against reports that come at the same time.
/// </summary>
public sealed class WorkflowDispatches(
    RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, RunUpdates updates, JobSignals signals, TimeProvider time)
{
    /// <summary>More than can be open: each type has its limit of places.</summary>
    private const int Most = 1000;

    /// <summary>
    /// Takes the waiting job of this type that is first in order, and commits with its claim that a run is to be started for
    /// it. Dies the process after that, the dispatch is found open when its hold is over.
    /// </summary>
    /// <param name="hold">How long the dispatch is the caller's.</param>
    /// <returns>Null when none waits, or so many run already.</returns>
    public async Task<OpenDispatch?> ClaimAsync(JobType jobType, DispatchTarget target, TimeSpan hold, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Nearly always there is nothing to do: a look without a transaction.
            await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                if (!await db.Jobs.Where(JobQuery.Waiting).AnyAsync(j => j.JobType == jobType, cancellationToken))
                {
                    return null;
                }
            }

            try
            {
                string? mirroredAs = null;
                var claimed = await writer.WriteAsync(
                    async db =>
                    {
                        var taken = await db.WorkflowDispatches.Where(d => d.JobType == jobType && d.Slot != null).Select(d => d.Slot ?? 0).ToListAsync();
                        var slot = Enumerable.Range(0, target.MaxRuns).Except(taken).Cast<int?>().FirstOrDefault();
                        var job = slot is null || taken.Count >= target.MaxRuns
                            ? null
                            : await db.Jobs.AsTracking().Where(JobQuery.Waiting).Where(j => j.JobType == jobType).InOrder().FirstOrDefaultAsync();
                        if (job is null)
                        {
                            return null;
                        }

                        mirroredAs = job.MirroredAs;
                        var now = time.GetUtcNow();
                        var token = Guid.NewGuid();
                        Transition.Claim(job, $"github/{target.Repository}/{target.Workflow}", token, leaseExpiresAt: null, now);
                        job.GithubDispatched = true;
                        job.WorkflowHeardAt = now;
                        job.HangfireJobId = null;
                        var dispatch = new WorkflowDispatch
                        {
                            JobId = job.Id,
                            JobType = jobType,
                            Token = token,
                            Repository = target.Repository,
                            Workflow = target.Workflow,
                            Ref = target.Ref,
                            Slot = slot,
                            NextAt = now + hold,
                            CreatedAt = now,
                        };
                        db.WorkflowDispatches.Add(dispatch);
                        await db.SaveChangesAsync();
                        return new { Dispatch = dispatch, Job = job };
                    },
                    cancellationToken);
                if (claimed is null)
                {
                    return null;
                }

                signals.RaiseLeft(claimed.Job, mirroredAs);
                return new(claimed.Dispatch, IsHeld: true);
            }
            catch (Exception exception) when (exception is DbUpdateConcurrencyException || UniqueViolation.Is(exception))
            {
                // Another node has taken the job, or the place. Bounded: each turn somebody started a run.
            }
        }

        return null;
    }

    /// <summary>The open dispatches about which something is to be done now, and when that is the case next.</summary>
    public async Task<(IReadOnlyList<OpenDispatch> Due, DateTimeOffset? Next)> DueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var open = await db.WorkflowDispatches.AsNoTracking().Where(d => d.EndedAt == null).OrderBy(d => d.NextAt).Take(Most)
            .Select(d => new OpenDispatch(d, db.Jobs.Any(j => j.Id == d.JobId && j.Status == JobStatus.Processing && j.LeaseToken == d.Token)))
            .ToListAsync(cancellationToken);
        return ([.. open.Where(one => one.Dispatch.NextAt <= now)], open.FirstOrDefault(one => one.Dispatch.NextAt > now)?.Dispatch.NextAt);
    }

    /// <summary>Takes the next step for the caller; false when another node has.</summary>
    public async Task<bool> TakeAsync(WorkflowDispatch dispatch, TimeSpan hold, CancellationToken cancellationToken)
    {
        var (seen, until) = (dispatch.NextAt, time.GetUtcNow() + hold);
        var taken = await writer.WriteAsync(
            db => db.WorkflowDispatches.Where(d => d.Id == dispatch.Id && d.NextAt == seen && d.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, until)),
            cancellationToken);
        return taken > 0;
    }

    /// <summary>Commits that GitHub is about to be asked for the run: whoever finds the row later looks before asking again.</summary>
    /// <returns>False when it has ended or is bound meanwhile.</returns>
    public async Task<bool> SendingAsync(WorkflowDispatch dispatch, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await writer.WriteAsync(
            db => db.WorkflowDispatches.Where(d => d.Id == dispatch.Id && d.RunId == null && d.EndedAt == null && !d.Accepted)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.SentAt, now).SetProperty(d => d.Sends, d => d.Sends + 1)),
            cancellationToken) > 0;
    }

    /// <summary>GitHub has taken it.</summary>
    public Task AcceptedAsync(WorkflowDispatch dispatch, DateTimeOffset nextAt, CancellationToken cancellationToken) => writer.WriteAsync(
        db => db.WorkflowDispatches.Where(d => d.Id == dispatch.Id && d.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Accepted, true).SetProperty(d => d.Looks, 0).SetProperty(d => d.NextAt, nextAt)),
        cancellationToken);

    /// <summary>Nothing new about it: asked again later.</summary>
    public Task LaterAsync(WorkflowDispatch dispatch, DateTimeOffset nextAt, CancellationToken cancellationToken) => writer.WriteAsync(
        db => db.WorkflowDispatches.Where(d => d.Id == dispatch.Id && d.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Looks, d => d.Looks + 1).SetProperty(d => d.NextAt, nextAt)),
        cancellationToken);

    /// <summary>It is over, and its job is not, or no longer, its concern.</summary>
    public Task EndAsync(WorkflowDispatch dispatch, string outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return writer.WriteAsync(
            db => db.WorkflowDispatches.Where(d => d.Id == dispatch.Id && d.EndedAt == null).ExecuteUpdateAsync(set => set
                .SetProperty(d => d.Outcome, outcome).SetProperty(d => d.EndedAt, now).SetProperty(d => d.Slot, (int?)null)),
            cancellationToken);
    }

    /// <summary>The attempt ends without a run: in one transaction with its dispatch. Nothing when it isn't the job's attempt any more.</summary>
    /// <param name="end">Of <see cref="Transition"/>.</param>
    public async Task EndAttemptAsync(
        WorkflowDispatch dispatch, string outcome, Func<VideoProcessingJob, DateTimeOffset, JobAttempt> end, CancellationToken cancellationToken)
    {
        try
        {
            var ended = await writer.WriteAsync(
                async db =>
                {
                    var now = time.GetUtcNow();
                    var row = await db.WorkflowDispatches.AsTracking().FirstAsync(d => d.Id == dispatch.Id);
                    var job = await db.Jobs.AsTracking().FirstAsync(j => j.Id == dispatch.JobId);
                    var held = job.Status == JobStatus.Processing && job.LeaseToken == dispatch.Token;
                    var attempt = held ? db.Attempts.Add(end(job, now)).Entity : null;

                    row.End(outcome, now);
                    await db.SaveChangesAsync();
                    return held ? new WorkflowEffect(job, attempt, Next: null) : null;
                },
                cancellationToken);
            if (ended is not null)
            {
                updates.Reports.Raise(ended);
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            // A report, or the operator's cancel, was faster: the next look tells what is left to do.
        }
    }

    /// <summary>Takes in what GitHub has answered about a run.</summary>
    internal async Task UpdateAsync(GitHubRun run, CancellationToken cancellationToken)
    {
        try
        {
            var effects = await writer.WriteAsync(
                async db =>
                {
                    var update = await updates.ApplyAsync(db, run, isNews: false);
                    await db.SaveChangesAsync();
                    return update;
                },
                cancellationToken);
            updates.Raise(effects);
        }
        catch (Exception exception) when (exception is DbUpdateConcurrencyException || UniqueViolation.Is(exception))
        {
            // The webhook or a report says the same at the same time; what is left shows at the next look.
        }
    }

    /// <summary>Dispatches whose attempts end from outside are looked at soon: their runs are to be cancelled.</summary>
    internal static Task WakeAsync(PipelineDbContext db, IEnumerable<VideoProcessingJob> jobs, DateTimeOffset now)
    {
        var ids = jobs.Where(job => job.GithubDispatched).Select(job => job.Id).ToList();
        return ids.Count == 0
            ? Task.CompletedTask
            : db.WorkflowDispatches.Where(d => ids.Contains(d.JobId) && d.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, now));
    }
}

/// <param name="IsHeld">Whether the job is still processed by this attempt.</param>
public sealed record OpenDispatch(WorkflowDispatch Dispatch, bool IsHeld);
