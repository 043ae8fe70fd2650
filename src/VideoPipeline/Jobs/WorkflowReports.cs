using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>
/// What a report changes: the job's row, the next stage's, and the dispatch that started the run. The API, the webhook and
/// the dispatcher's own questions all come through here.
/// </summary>
public sealed class WorkflowReports(IArtifactStore store, JobSignals signals, TimeProvider time, IOptions<RetryOptions> retry)
{
    /// <summary>
    /// Looks whether the files are there that the report names: afterwards the rows say so. Before the write, which others
    /// wait for; a file that is replaced in between is found to be another by the stage that reads it.
    /// </summary>
    /// <exception cref="InvalidRequestException">One isn't, or isn't the job's.</exception>
    public async Task CheckFilesAsync(VideoProcessingJob job, WorkflowReport report, CancellationToken cancellationToken)
    {
        foreach (var artifact in report.Artifacts)
        {
            if (artifact.KeyProblem(job) is { } problem)
            {
                throw new InvalidRequestException("artifacts", problem);
            }

            if (!await store.HasAsync(artifact.Key, artifact.Digest, cancellationToken))
            {
                throw new InvalidRequestException("artifacts", $"must be in the store: nothing with this size and SHA-256 is under {artifact.Key}");
            }
        }
    }

    /// <summary>
    /// Applies a report that the job takes. The caller saves, in the transaction of whatever else belongs to it: a crash
    /// before leaves nothing of it.
    /// </summary>
    /// <param name="job">Tracked.</param>
    public async Task<WorkflowEffect> ApplyAsync(PipelineDbContext db, VideoProcessingJob job, WorkflowReport report)
    {
        var now = time.GetUtcNow();
        if (job.Status == JobStatus.Retrying)
        {
            Transition.BecomeDue(job, now);
        }

        if (job.Status == JobStatus.Queued)
        {
            // A report that skips "processing" still means that the workflow ran it.
            Transition.Claim(job, WorkerOf(job), Guid.NewGuid(), leaseExpiresAt: null, now);
        }

        job.GithubWorkflowRunId ??= report.RunId;
        job.GithubRunAttempt = report.RunAttempt ?? job.GithubRunAttempt;
        job.WorkflowHeardAt = now;
        job.UpdatedAt = now;
        var token = job.GithubDispatched ? job.LeaseToken : null;
        VideoProcessingJob? next = null;
        JobAttempt? attempt = null;
        switch (report.Status)
        {
            case JobStatus.Completed:
                foreach (var artifact in report.Artifacts)
                {
                    await ArtifactRows.UpsertAsync(db, job.VideoId!.Value, artifact.Kind, artifact.Key, artifact.Digest, now, CancellationToken.None);
                }

                attempt = db.Attempts.Add(Transition.Complete(job, report.Result ?? job.Result, now)).Entity;
                next = await NextStage.OfAsync(db, job, retry.Value.MaxAttempts, now);
                if (next is not null)
                {
                    db.Jobs.Add(next);
                }

                break;
            case JobStatus.Failed:
                // A failure that doesn't say of which attempt: GitHub tells of the same one soon, and it must cost one attempt only.
                job.GithubRunAttempt ??= 1;
                var error = JobError.OfWorkflow(
                    report.ErrorMessage ?? $"GitHub workflow run {job.GithubWorkflowRunId} failed.", report.Permanent, job.GithubWorkflowRunId, report.ErrorDetails);
                attempt = db.Attempts.Add(Transition.Fail(job, error, report.Permanent, RetryBackoff.Delay(job, retry.Value, random: 0), now)).Entity;
                break;
            default:
                job.Progress = report.Progress ?? job.Progress;
                break;
        }

        if (token is not null)
        {
            await FollowAsync(db, token.Value, report, now);
        }

        return new(job, attempt, next);
    }

    /// <summary>Tells the process, once it is committed.</summary>
    public void Raise(WorkflowEffect effect)
    {
        if (effect.Next is not null)
        {
            signals.RaiseQueued(effect.Next);
        }

        if (effect.Job.Status == JobStatus.Retrying)
        {
            signals.RaiseRetrying(effect.Job);
        }
        else if (!effect.Job.Status.IsActive())
        {
            signals.RaiseLeft(effect.Job);
        }

        if (effect.Attempt is not null)
        {
            signals.RaiseEnded(effect.Job, effect.Attempt);
        }
        else
        {
            signals.RaiseChanged();
        }
    }

    internal static string WorkerOf(VideoProcessingJob job) => $"github-run/{job.GithubWorkflowRunId}";

    /// <summary>The dispatch ends with the attempt: its place is free, and the run is left to finish its last steps.</summary>
    private static async Task FollowAsync(PipelineDbContext db, Guid token, WorkflowReport report, DateTimeOffset now)
    {
        var dispatch = await db.WorkflowDispatches.AsTracking().FirstOrDefaultAsync(d => d.Token == token);
        if (dispatch is null)
        {
            return;
        }

        dispatch.RunId ??= report.RunId;
        dispatch.Accepted = true;
        dispatch.Looks = 0;
        if (report.Status != JobStatus.Processing && dispatch.EndedAt is null)
        {
            dispatch.End(report.Status.Name(), now);
        }
    }
}

/// <param name="Attempt">The one that the report has ended.</param>
/// <param name="Next">The next stage's job.</param>
public sealed record WorkflowEffect(VideoProcessingJob Job, JobAttempt? Attempt, VideoProcessingJob? Next);
