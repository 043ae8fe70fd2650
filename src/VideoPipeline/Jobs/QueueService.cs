using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.Nodes;

namespace VideoPipeline.Jobs;

/// <summary>
/// The queue as its users know it: enqueue and operate (this file), process synchronously, list, pause, follow GitHub
/// workflows. The HTTP API and the dashboard call nothing else.
/// </summary>
public sealed partial class QueueService(
    RowWriter writer,
    JobRows rows,
    JobRunner runner,
    RunningJobs running,
    PauseState pauses,
    JobSignals signals,
    IDbContextFactory<PipelineDbContext> contexts,
    TimeProvider time,
    IOptions<RetryOptions> retry,
    IOptions<GitHubOptions> github,
    WorkflowReports reports,
    ThisNode node)
{
    /// <summary>Adds a job to its queue; it is durable when this returns.</summary>
    /// <returns>The job, and whether it is new: the same idempotency key answers with the job that it created first.</returns>
    /// <exception cref="InvalidRequestException">A field has no allowed value.</exception>
    /// <exception cref="UnknownIdException">The video or channel doesn't exist.</exception>
    /// <exception cref="ConflictException">The video (or channel, for a scrape) has an active job of this type already.</exception>
    public async Task<(VideoProcessingJob Job, bool Created)> EnqueueJobAsync(EnqueueRequest request, CancellationToken cancellationToken = default)
    {
        request.Validate();
        if (request.IdempotencyKey is { } key && await FindByKeyAsync(key, cancellationToken) is { } earlier)
        {
            return (Asked(request, earlier), Created: false);
        }

        try
        {
            return ((await EnqueueJobsAsync([request], cancellationToken))[0], Created: true);
        }
        catch (ConflictException) when (request.IdempotencyKey is not null)
        {
            // Two requests with one key at the same time: the other one's job is the answer to both.
            if (await FindByKeyAsync(request.IdempotencyKey, cancellationToken) is not { } other)
            {
                throw;
            }

            return (Asked(request, other), Created: false);
        }
    }

    /// <summary>Adds many jobs in one transaction: all or none.</summary>
    /// <inheritdoc cref="EnqueueJobAsync" path="/exception"/>
    public async Task<IReadOnlyList<VideoProcessingJob>> EnqueueJobsAsync(
        IReadOnlyList<EnqueueRequest> requests, CancellationToken cancellationToken = default)
    {
        foreach (var request in requests)
        {
            request.Validate();
        }

        var actor = Actor.Current;
        try
        {
            // Read before the write, which all writers wait for: neither videos nor channels ever lose their rows.
            var channelOf = await ChannelsOfAsync(requests, cancellationToken);
            var jobs = await writer.WriteAsync(
                async db =>
                {
                    var now = time.GetUtcNow();
                    var jobs = requests.Select(request => request.NewJob(
                        request.VideoId is { } videoId ? channelOf[videoId] : request.ChannelId!.Value, retry.Value.MaxAttempts, now)).ToList();
                    db.ChangeTracker.AutoDetectChangesEnabled = false;
                    db.Jobs.AddRange(jobs);
                    try
                    {
                        await db.SaveChangesAsync();
                    }
                    finally
                    {
                        db.ChangeTracker.AutoDetectChangesEnabled = true;
                    }

                    if (actor is not null)
                    {
                        // Only now do they have ids.
                        Note(db, actor, AuditAction.EnqueueJob, now, jobs, new { jobType = jobs[0].JobType, jobs[0].Priority });
                        await db.SaveChangesAsync();
                    }

                    return jobs;
                },
                cancellationToken);
            signals.RaiseQueued([.. jobs.Where(job => job.GithubWorkflowRunId is null).Select(WaitingJob.Of)]);
            return jobs;
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            throw await AlreadyActiveAsync(requests, cancellationToken);
        }
    }

    /// <summary>failed, cancelled or retrying -> queued now, with a fresh budget of attempts.</summary>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">The job's status doesn't allow it, or another job has taken its place meanwhile.</exception>
    public async Task<VideoProcessingJob> RetryJobAsync(long jobId, CancellationToken cancellationToken = default)
    {
        var job = await OperateAsync(
            jobId,
            AuditAction.RetryJob,
            async (db, job) =>
            {
                if (!Transition.CanRetry(job.Status))
                {
                    throw new ConflictException($"Job {jobId} is {job.Status.Name()}: only a failed, cancelled or retrying job can be retried.");
                }

                if (await db.Channels.AnyAsync(c => c.Id == job.ChannelId && c.DeletedAt != null))
                {
                    throw new ConflictException($"The channel of job {jobId} has been deleted.");
                }

                Transition.Retry(job, time.GetUtcNow());
            },
            cancellationToken);
        if (job.GithubWorkflowRunId is null)
        {
            signals.RaiseQueued(job);
        }

        return job;
    }

    /// <summary>queued, retrying or processing -> cancelled; a stage that runs is stopped.</summary>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">It has ended already.</exception>
    public async Task<VideoProcessingJob> CancelJobAsync(long jobId, CancellationToken cancellationToken = default)
    {
        string? mirroredAs = null;
        var job = await OperateAsync(
            jobId,
            AuditAction.CancelJob,
            (db, job) =>
            {
                mirroredAs = job.MirroredAs;
                if (!Transition.CanCancel(job.Status))
                {
                    throw new ConflictException($"Job {jobId} is {job.Status.Name()}: it has ended and can't be cancelled.");
                }

                if (Transition.Cancel(job, time.GetUtcNow()) is { } attempt)
                {
                    db.Attempts.Add(attempt);
                }

                return WorkflowDispatches.WakeAsync(db, [job], time.GetUtcNow());
            },
            cancellationToken);
        signals.RaiseLeft(job, mirroredAs);

        // Here at once; in another process when it next renews its lease.
        running.Stop(jobId, StopReason.LeaseLost);
        return job;
    }

    /// <summary>Changes the priority; a waiting job takes its new place at once.</summary>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">It has ended already.</exception>
    public async Task<VideoProcessingJob> ChangePriorityAsync(long jobId, int priority, CancellationToken cancellationToken = default)
    {
        EnqueueRequest.ValidatePriority(priority);
        string? mirroredAs = null;
        var job = await OperateAsync(
            jobId,
            AuditAction.ChangePriority,
            (_, job) =>
            {
                if (!job.Status.IsActive())
                {
                    throw new ConflictException($"Job {jobId} is {job.Status.Name()}: its priority matters no more.");
                }

                mirroredAs = job.MirroredAs;
                Reprioritise(job, priority, time.GetUtcNow());
            },
            cancellationToken);
        if (job is { Status: JobStatus.Queued, GithubWorkflowRunId: null })
        {
            signals.RaiseLeft(job, mirroredAs);
            signals.RaiseQueued(job);
        }

        return job;
    }

    private static void Reprioritise(VideoProcessingJob job, int priority, DateTimeOffset now)
    {
        job.MirroredAs = null;
        job.Priority = priority;
        job.UpdatedAt = now;
    }

    private Task<VideoProcessingJob> OperateAsync(
        long jobId, string action, Action<PipelineDbContext, VideoProcessingJob> change, CancellationToken cancellationToken) =>
        OperateAsync(
            jobId,
            action,
            (db, job) =>
            {
                change(db, job);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Changes a job as an operator asked, guarded by the status that was read.</summary>
    private async Task<VideoProcessingJob> OperateAsync(
        long jobId, string action, Func<PipelineDbContext, VideoProcessingJob, Task> change, CancellationToken cancellationToken)
    {
        var actor = Actor.Current;
        try
        {
            JobAttempt? attempt = null;
            var changed = await writer.WriteAsync(
                async db =>
                {
                    var job = await db.Jobs.AsTracking().FirstOrDefaultAsync(j => j.Id == jobId) ?? throw new UnknownIdException("id", "job", jobId);
                    var before = job.Status;
                    await change(db, job);
                    attempt = db.Attempts.Local.SingleOrDefault();
                    if (action != AuditAction.ReportJob || job.Status != before || attempt is not null)
                    {
                        // Not of each step of a workflow's progress: these are thousands.
                        Note(db, actor, action, time.GetUtcNow(), [job], action == AuditAction.ChangePriority ? new { job.Priority } : null);
                    }

                    await db.SaveChangesAsync();
                    return job;
                },
                cancellationToken);
            if (attempt is not null)
            {
                signals.RaiseEnded(changed, attempt);
            }
            else
            {
                signals.RaiseChanged();
            }

            return changed;
        }
        catch (ImpossibleTransitionException exception)
        {
            throw new ConflictException(exception.Message);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new ConflictException($"Job {jobId} changed at the same time. Look at it again, and repeat if it still makes sense.");
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            throw new ConflictException($"Job {jobId} can't be queued again: a newer job does the same work already.");
        }
    }

    /// <summary>With the video and the channel that all of the jobs belong to, if it is one.</summary>
    private static void Note(
        PipelineDbContext db, Actor? actor, string action, DateTimeOffset now, List<VideoProcessingJob> jobs, object? details = null)
    {
        if (actor is null || jobs.Count == 0)
        {
            return;
        }

        db.Note(
            actor,
            action,
            now,
            [.. jobs.Select(job => job.Id)],
            jobs.Select(job => job.ChannelId).Distinct().Count() == 1 ? jobs[0].ChannelId : null,
            jobs.Select(job => job.VideoId).Distinct().Count() == 1 ? jobs[0].VideoId : null,
            details);
    }

    private async Task<VideoProcessingJob?> FindByKeyAsync(string key, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.IdempotencyKey == key, cancellationToken);
    }

    private static VideoProcessingJob Asked(EnqueueRequest request, VideoProcessingJob earlier) =>
        request.HasCreated(earlier)
            ? earlier
            : throw new ConflictException($"This Idempotency-Key was used for another request, which created job {earlier.Id}.");

    /// <summary>The channel of each video; also makes sure that the videos and channels exist.</summary>
    private async Task<Dictionary<long, long>> ChannelsOfAsync(IReadOnlyList<EnqueueRequest> requests, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var channelOf = new Dictionary<long, long>();
        foreach (var ids in requests.Where(request => request.VideoId is not null).Select(request => request.VideoId!.Value).Distinct().Chunk(500))
        {
            var videos = db.Videos.Where(v => ids.Contains(v.Id))
                .Select(v => new { v.Id, v.ChannelId, Deleted = db.Channels.Any(c => c.Id == v.ChannelId && c.DeletedAt != null) });
            foreach (var video in await videos.ToListAsync(cancellationToken))
            {
                channelOf[video.Id] = video.Deleted ? throw new ConflictException($"The channel of video {video.Id} has been deleted.") : video.ChannelId;
            }
        }

        foreach (var request in requests.Where(request => request.VideoId is { } id && !channelOf.ContainsKey(id)))
        {
            throw new UnknownIdException("videoId", "video", request.VideoId!.Value);
        }

        foreach (var request in requests.Where(request => request is { VideoId: { } id, ChannelId: { } given } && channelOf[id] != given))
        {
            throw new InvalidRequestException(
                "channelId", $"must be the video's own, or left out: video {request.VideoId} belongs to channel {channelOf[request.VideoId!.Value]}");
        }

        foreach (var id in requests.Where(request => request.VideoId is null).Select(request => request.ChannelId!.Value).Distinct())
        {
            if (!await db.Channels.AnyAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken))
            {
                throw new UnknownIdException("channelId", "channel", id);
            }
        }

        return channelOf;
    }

    private async Task<ConflictException> AlreadyActiveAsync(IReadOnlyList<EnqueueRequest> requests, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var request in requests)
        {
            var active = await db.Jobs.AsNoTracking().Where(JobQuery.Active)
                .Where(j => j.JobType == request.JobType && (request.VideoId == null ? j.VideoId == null && j.ChannelId == request.ChannelId : j.VideoId == request.VideoId))
                .FirstOrDefaultAsync(cancellationToken);
            if (active is not null)
            {
                var owner = request.VideoId is { } videoId ? $"Video {videoId}" : $"Channel {request.ChannelId}";
                return new ConflictException($"{owner} has a {request.JobType.Name()} job already: job {active.Id} is {active.Status.Name()}.");
            }
        }

        return new ConflictException("The same job was asked for twice at once.");
    }
}
