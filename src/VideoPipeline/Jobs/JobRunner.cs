using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Database;
using VideoPipeline.Stages;

namespace VideoPipeline.Jobs;

/// <summary>
/// Executes a job: claim, run its stage, write what became of it. Hangfire's workers, <see cref="QueueService"/>'s
/// synchronous processing and the tests all come through here, so there is one set of rules.
/// </summary>
public sealed class JobRunner(
    JobRows rows,
    RunningJobs running,
    PauseState pauses,
    JobSignals signals,
    IEnumerable<IStage> stages,
    IDbContextFactory<PipelineDbContext> contexts,
    PipelineFolders folders,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<JobRunner> logger)
{
    private readonly Dictionary<JobType, IStage> _stages = stages.ToDictionary(stage => stage.JobType);

    /// <summary>The process shuts down: what is claimed now would be given back at once.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Runs this job if it still waits.</summary>
    /// <param name="hangfireJobId">The background job that does so.</param>
    public async Task<JobOutcome> RunAsync(long jobId, JobType jobType, string worker, string? hangfireJobId)
    {
        if (IsStopping)
        {
            return new JobOutcome.GivenBack("the service is stopping");
        }

        if (pauses.IsPaused(jobType))
        {
            // Fetched in the instant before the pause: no claim, so no write and no attempt.
            return new JobOutcome.GivenBack("paused");
        }

        try
        {
            if (await rows.ClaimAsync(jobId, jobType, worker, hangfireJobId) is { } claimed)
            {
                return await RunClaimedAsync(claimed);
            }
        }
        catch (OutrankedException outranked)
        {
            // Fetched in the instant before a job came that goes first: this worker takes that one. Unless nobody can, since
            // the worker that has its background job is dead or frozen: so it is told.
            signals.RaiseOutranked(outranked.Ahead);
            return new JobOutcome.GivenBack("a job that goes before it waits");
        }

        await using var db = await contexts.CreateDbContextAsync();
        var job = await db.Jobs.AsNoTracking().Where(j => j.Id == jobId).Select(j => new { j.Status, j.HangfireJobId }).FirstOrDefaultAsync();
        return new JobOutcome.NotWaiting(job?.Status, job?.HangfireJobId);
    }

    /// <summary>Runs the stage of a job that the caller has claimed.</summary>
    public async Task<JobOutcome> RunClaimedAsync(VideoProcessingJob claimed)
    {
        using var current = running.Begin(claimed);
        await using var onShutdown = lifetime.ApplicationStopping.Register(() => current.Stop(StopReason.Shutdown));
        using var progress = new ProgressReports(rows, claimed, time, logger);
        try
        {
            StageResult result;
            try
            {
                result = await RunStageAsync(claimed, progress.Report, current.Stopping);
            }
            catch (Exception) when (current.Reason == StopReason.LeaseLost)
            {
                return new JobOutcome.Taken();
            }
            catch (Exception) when (current.Reason == StopReason.Shutdown)
            {
                return await rows.GiveBackAsync(claimed) ? new JobOutcome.GivenBack("the service is stopping") : new JobOutcome.Taken();
            }

            // The stage's files are in place, the row still says processing. A crash here runs the stage again, which finds
            // its effect done and does nothing twice.
            return await rows.CompleteAsync(claimed, result) ? new JobOutcome.Completed() : new JobOutcome.Taken();
        }
        catch (SnoozeException snooze)
        {
            return Outcome(await rows.SnoozeAsync(claimed, snooze));
        }
        catch (SourceRefusedException refused)
        {
            var outcome = Outcome(await rows.RefuseAsync(claimed, refused));
            logger.LogWarning("The source of channel {ChannelId} is left alone for a while: {Reason}", claimed.ChannelId, refused.Message);
            return outcome;
        }
        catch (Exception exception)
        {
            // When this write fails too (the database is gone), the exception leaves and the lease runs out: a rescue follows.
            var outcome = Outcome(await rows.FailAsync(claimed, exception));
            logger.LogWarning(
                exception is StageException ? null : exception,
                "Job {JobId} ({JobType}), attempt {Attempt}, failed: {Message}; now {Outcome}",
                claimed.Id, claimed.JobType.Name(), claimed.Attempts, exception.Message, outcome.GetType().Name.ToLowerInvariant());
            return outcome;
        }
    }

    private async Task<StageResult> RunStageAsync(VideoProcessingJob claimed, Action<StageProgress> reportProgress, CancellationToken cancellationToken)
    {
        var workFolder = folders.WorkFolderOf(claimed);
        try
        {
            var context = await LoadAsync(claimed, workFolder, reportProgress, cancellationToken);
            return await _stages[claimed.JobType].RunAsync(context, cancellationToken);
        }
        finally
        {
            // Before the row says what became of it: what has filled the disk may lie here, and the row may be on the same disk.
            PipelineFolders.Remove(workFolder);
        }
    }

    private static JobOutcome Outcome(VideoProcessingJob? ended) => ended switch
    {
        null => new JobOutcome.Taken(),
        { Status: JobStatus.Retrying } => new JobOutcome.Retrying(ended.QueuedAt, ended.WaitReason ?? ended.ErrorMessage ?? "failed"),
        _ => new JobOutcome.Failed(ended.ErrorMessage ?? "failed"),
    };

    private async Task<StageContext> LoadAsync(
        VideoProcessingJob claimed, string workFolder, Action<StageProgress> reportProgress, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var subject = await db.Channels.AsNoTracking().Where(c => c.Id == claimed.ChannelId)
            .LeftJoin(db.Videos.Where(v => v.Id == claimed.VideoId), c => c.Id, v => v.ChannelId, (c, v) => new { Channel = c, Video = v })
            .FirstOrDefaultAsync(cancellationToken);
        if (subject is null || (claimed.VideoId is not null && subject.Video is null))
        {
            throw new PermanentFailureException(
                $"Its {(subject is null ? $"channel {claimed.ChannelId}" : $"video {claimed.VideoId}")} doesn't exist any more.");
        }

        if (subject.Channel.DeletedAt is not null)
        {
            // Its deletion cancels its jobs; this one was added in that moment, or the process died before it came to it.
            throw new PermanentFailureException($"Its channel {subject.Channel.Name} has been deleted.");
        }

        var video = subject.Video;
        return new StageContext
        {
            Job = claimed,
            Channel = subject.Channel,
            Video = video,
            Artifacts = video is null
                ? []
                : await db.Artifacts.AsNoTracking().Where(a => a.VideoId == video.Id).ToListAsync(cancellationToken),
            WorkFolder = workFolder,
            ReportProgress = reportProgress,
        };
    }
}
