using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.GitHub;

/// <summary>What a change of a workflow run means for the jobs that it runs: those that were given its id, or for which this service has started it.</summary>
public sealed class RunUpdates(WorkflowReports reports, TimeProvider time)
{
    /// <summary>One run may run several jobs; more than so many don't fit into one.</summary>
    private const int MostJobs = 500;

    internal WorkflowReports Reports => reports;

    /// <summary>Changes the rows; the caller saves, in one transaction with whatever else belongs to it.</summary>
    /// <param name="isNews">GitHub says it of itself. What it answers when asked, that a run goes on, is no sign of life of the run.</param>
    internal async Task<RunUpdate> ApplyAsync(PipelineDbContext db, GitHubRun run, bool isNews)
    {
        var dispatch = await FindDispatchAsync(db, run);
        if (dispatch is not null && Bind(db, dispatch, run) is { } stray)
        {
            return new([], stray);
        }

        var jobs = dispatch is null
            ? await db.Jobs.AsTracking().Where(j => j.GithubWorkflowRunId == run.Id && !j.GithubDispatched).Where(JobQuery.Active)
                .OrderBy(j => j.Id).Take(MostJobs).ToListAsync()
            : await db.Jobs.AsTracking().Where(j => j.Id == dispatch.JobId).ToListAsync();
        if (jobs.Count == 0)
        {
            return new([], $"No job that is active is run by workflow run {run.Id}.");
        }

        var effects = new List<WorkflowEffect>();
        var refused = new List<string>();
        foreach (var job in jobs)
        {
            // Waiting is no report, but a sign of life.
            var report = (run.ToReport() ?? new WorkflowReport { Status = JobStatus.Processing, RunId = run.Id, RunAttempt = run.Attempt })
                with
            { Token = dispatch?.Token };
            if (report.RefusedBy(job) is { } reason)
            {
                refused.Add(reason);
            }
            else if (run.HasEnded || (isNews && run.HasBegun))
            {
                effects.Add(await reports.ApplyAsync(db, job, report));
            }
            else
            {
                job.WorkflowHeardAt = isNews ? time.GetUtcNow() : job.WorkflowHeardAt;
                if (job.GithubDispatched)
                {
                    job.UpdatedAt = job.GithubWorkflowRunId == run.Id ? job.UpdatedAt : time.GetUtcNow();
                    job.GithubWorkflowRunId = run.Id;
                    job.GithubRunAttempt = run.Attempt ?? job.GithubRunAttempt;
                }
            }
        }

        return new(
            effects,
            string.Join(' ', effects.Select(effect => $"Job {effect.Job.Id} is {effect.Job.Status.Name()}.").Concat(refused).DefaultIfEmpty($"Run {run.Id} is {run.Status}.")));
    }

    internal void Raise(RunUpdate update)
    {
        foreach (var effect in update.Effects)
        {
            reports.Raise(effect);
        }
    }

    private static async Task<WorkflowDispatch?> FindDispatchAsync(PipelineDbContext db, GitHubRun run) =>
        (WorkflowDispatch.TokenOf(run.Title) is { } token ? await db.WorkflowDispatches.AsTracking().FirstOrDefaultAsync(d => d.Token == token) : null)
        ?? await db.WorkflowDispatches.AsTracking().FirstOrDefaultAsync(d => d.RunId == run.Id);

    /// <summary>Notes which run it is. Not null, and nothing else is to be done: it isn't the attempt's run.</summary>
    private string? Bind(PipelineDbContext db, WorkflowDispatch dispatch, GitHubRun run)
    {
        var now = time.GetUtcNow();
        if (dispatch.RunId is null)
        {
            dispatch.RunId = run.Id;
            dispatch.Accepted = true;
            dispatch.Looks = 0;
            if (dispatch.EndedAt is not null && !run.HasEnded)
            {
                // It was given up, since it didn't appear in time. Without a place of its own it is open until it is cancelled.
                dispatch.EndedAt = null;
                dispatch.NextAt = now;
            }

            return null;
        }

        if (dispatch.RunId == run.Id)
        {
            return null;
        }

        // GitHub was asked twice, since the first answer was lost and no run appeared, and then it did. One of them goes: it
        // gets a dispatch that no job holds, and those are cancelled.
        if (!run.HasEnded && !db.WorkflowDispatches.Local.Any(d => d.RunId == run.Id))
        {
            db.WorkflowDispatches.Add(new()
            {
                JobId = dispatch.JobId,
                JobType = dispatch.JobType,
                Token = Guid.NewGuid(),
                Repository = dispatch.Repository,
                Workflow = dispatch.Workflow,
                Ref = dispatch.Ref,
                SentAt = dispatch.SentAt,
                Accepted = true,
                RunId = run.Id,
                NextAt = now,
                CreatedAt = now,
            });
        }

        return $"Workflow run {run.Id} is a second one of the same dispatch, and is cancelled.";
    }
}

/// <param name="Summary">What became of it, for people.</param>
internal sealed record RunUpdate(IReadOnlyList<WorkflowEffect> Effects, string Summary);
