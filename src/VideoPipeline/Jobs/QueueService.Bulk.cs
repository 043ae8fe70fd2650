using Microsoft.EntityFrameworkCore;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using static VideoPipeline.Jobs.JobStatus;

namespace VideoPipeline.Jobs;

/// <summary>
/// The same operations on many jobs. They go through them in batches, each a transaction of its own, so that a hundred
/// thousand jobs neither fill the memory nor keep other writers waiting. A process that dies in between has changed the
/// batches before, and no job halfway; the same call again does the rest, since what is done no longer matches.
/// </summary>
public sealed partial class QueueService
{
    /// <summary>So many rows are written in some 20 ms.</summary>
    private const int BulkBatch = 100;

    private static readonly JobStatus[] Retryable = [Failed, Cancelled, Retrying];
    private static readonly JobStatus[] Unended = [Queued, Retrying, Processing];

    /// <summary>
    /// Retries jobs, as <see cref="RetryJobAsync"/> does, oldest first. A filter without a status means the failed ones; of a
    /// video's jobs of one type it means the latest that matches, and none that a later one has completed since.
    /// </summary>
    /// <param name="dryRun">Only counts.</param>
    /// <param name="cancellationToken">Ends it after the present batch.</param>
    /// <exception cref="InvalidRequestException"/>
    public Task<BulkResult> RetryJobsAsync(JobSelection selection, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        selection.Validate(Retryable);
        return ChangeManyAsync(
            new Bulk(AuditAction.RetryJob, selection, Default: [Failed])
            {
                LatestOnly = true,
                Allowed = job => job.Status == Failed || job.Status == Cancelled || job.Status == Retrying,
                ChangeAsync = async (db, jobs, now) =>
                {
                    var free = await WithFreePlaceAsync(db, jobs);
                    free.ForEach(job => Transition.Retry(job, now));
                    return free;
                },
                Changed = changed => signals.RaiseQueued([.. changed.Where(c => c.Job.GithubWorkflowRunId is null).Select(c => WaitingJob.Of(c.Job))]),
            },
            dryRun,
            cancellationToken);
    }

    /// <summary>Cancels jobs, as <see cref="CancelJobAsync"/> does, newest first. A filter without a status means all that haven't ended.</summary>
    /// <inheritdoc cref="RetryJobsAsync" path="/param|/exception"/>
    public Task<BulkResult> CancelJobsAsync(JobSelection selection, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        selection.Validate(Unended);
        return ChangeManyAsync(
            new Bulk(AuditAction.CancelJob, selection, Default: Unended)
            {
                // From the end of the queue: the head would get new background jobs again and again, only to lose them.
                NewestFirst = true,
                Allowed = job => job.Status == Queued || job.Status == Retrying || job.Status == Processing,
                ChangeAsync = async (db, jobs, now) =>
                {
                    foreach (var job in jobs)
                    {
                        if (Transition.Cancel(job, now) is { } attempt)
                        {
                            db.Attempts.Add(attempt);
                        }
                    }

                    await WorkflowDispatches.WakeAsync(db, jobs, now);
                    return jobs;
                },
                Changed = changed =>
                {
                    foreach (var (job, mirroredAs) in changed)
                    {
                        signals.RaiseLeft(job, mirroredAs);
                        running.Stop(job.Id, StopReason.LeaseLost);
                    }
                },
            },
            dryRun,
            cancellationToken);
    }

    /// <summary>
    /// Changes priorities, as <see cref="ChangePriorityAsync"/> does, oldest first. A filter without a status means all jobs
    /// that haven't ended; those that have this priority already don't match it.
    /// </summary>
    /// <inheritdoc cref="RetryJobsAsync" path="/param|/exception"/>
    public Task<BulkResult> ChangePrioritiesAsync(
        JobSelection selection, int priority, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        EnqueueRequest.ValidatePriority(priority);
        selection.Validate(Unended);
        return ChangeManyAsync(
            new Bulk(AuditAction.ChangePriority, selection, Default: Unended)
            {
                Details = new { priority },
                Allowed = job => (job.Status == Queued || job.Status == Retrying || job.Status == Processing) && job.Priority != priority,
                ChangeAsync = (_, jobs, now) =>
                {
                    jobs.ForEach(job => Reprioritise(job, priority, now));
                    return Task.FromResult(jobs);
                },
                Changed = changed =>
                {
                    var waiting = changed.Where(c => c.Job is { Status: Queued, GithubWorkflowRunId: null }).ToList();
                    waiting.ForEach(c => signals.RaiseLeft(c.Job, c.MirroredAs));
                    signals.RaiseQueued([.. waiting.Select(c => WaitingJob.Of(c.Job))]);
                },
            },
            dryRun,
            cancellationToken);
    }

    private async Task<BulkResult> ChangeManyAsync(Bulk bulk, bool dryRun, CancellationToken cancellationToken)
    {
        if (dryRun)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var would = await bulk.Meant(db).Where(bulk.Allowed).CountAsync(cancellationToken);
            var all = bulk.Selection.Ids is null ? would : await bulk.Meant(db).CountAsync(cancellationToken);
            return new(all, would, all - would, []);
        }

        var (matched, changed) = (0, 0);
        var items = new List<VideoProcessingJob>();
        Batch? batch = null;
        while ((batch = await NextAsync(bulk, batch, cancellationToken)) is { Ids.Count: > 0 })
        {
            matched += batch.Ids.Count;
            var done = await ChangeBatchAsync(bulk, batch.Ids, cancellationToken);
            changed += done.Count;
            items.AddRange(done.Select(c => c.Job).Take(BulkResult.MaxItems - items.Count));
        }

        return new(matched, changed, matched - changed, items);
    }

    /// <summary>The next ids of jobs that are meant. Not of jobs that were added since the first batch: they might never end.</summary>
    private async Task<Batch> NextAsync(Bulk bulk, Batch? before, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var newest = before?.Newest ?? await db.Jobs.MaxAsync(j => (long?)j.Id, cancellationToken) ?? 0;
        var meant = bulk.Meant(db);
        meant = bulk.Selection.Filter is null ? meant : meant.Where(bulk.Allowed);
        if (bulk.NewestFirst)
        {
            var from = before?.Ids[^1] ?? long.MaxValue;
            meant = meant.Where(j => j.Id < from).OrderByDescending(j => j.Id);
        }
        else
        {
            var from = before?.Ids[^1] ?? 0;
            meant = meant.Where(j => j.Id > from && j.Id <= newest).OrderBy(j => j.Id);
        }

        return new(newest, await meant.Take(BulkBatch).Select(j => j.Id).ToListAsync(cancellationToken));
    }

    /// <summary>All of the batch in one transaction; one by one when others have changed some of its jobs in this moment.</summary>
    private async Task<IReadOnlyList<ChangedJob>> ChangeBatchAsync(Bulk bulk, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var actor = Actor.Current;
        try
        {
            var attempts = new List<JobAttempt>();
            var changed = await writer.WriteAsync(
                async db =>
                {
                    var jobs = await bulk.Meant(db).Where(bulk.Allowed).AsTracking().Where(j => ids.Contains(j.Id)).OrderBy(j => j.Id).ToListAsync();
                    var mirroredAs = jobs.ToDictionary(job => job.Id, job => job.MirroredAs);
                    var now = time.GetUtcNow();
                    var changed = await bulk.ChangeAsync(db, jobs, now);
                    Note(db, actor, bulk.Action, now, changed, bulk.Details);
                    await db.SaveChangesAsync();
                    attempts = [.. db.Attempts.Local];
                    return changed.ConvertAll(job => new ChangedJob(job, mirroredAs[job.Id]));
                },
                cancellationToken);

            // A process that dies before these has told nobody: the reconciler of any node sees it by the rows.
            bulk.Changed(changed);
            attempts.ForEach(attempt => signals.RaiseEnded(changed.Single(c => c.Job.Id == attempt.JobId).Job, attempt));
            signals.RaiseChanged();
            return changed;
        }
        catch (Exception exception) when (exception is DbUpdateConcurrencyException || UniqueViolation.Is(exception))
        {
            if (ids.Count == 1)
            {
                return [];
            }

            var changed = new List<ChangedJob>();
            foreach (var id in ids)
            {
                changed.AddRange(await ChangeBatchAsync(bulk, [id], cancellationToken));
            }

            return changed;
        }
    }

    /// <summary>Those whose work no other job does, waiting or running, and whose channel is there; of several that do the same, the latest.</summary>
    private static async Task<List<VideoProcessingJob>> WithFreePlaceAsync(PipelineDbContext db, List<VideoProcessingJob> jobs)
    {
        var channelIds = jobs.Select(job => job.ChannelId).Distinct().ToList();
        var deleted = await db.Channels.Where(c => channelIds.Contains(c.Id) && c.DeletedAt != null).Select(c => c.Id).ToListAsync();
        var videoIds = jobs.Where(job => job.VideoId is not null).Select(job => job.VideoId).Distinct().ToList();
        var active = db.Jobs.AsNoTracking().Where(JobQuery.Active);
        var holders = await active.Where(j => videoIds.Contains(j.VideoId)).Select(j => new { j.Id, j.VideoId, j.ChannelId, j.JobType }).ToListAsync();
        if (jobs.Exists(job => job.VideoId is null))
        {
            holders.AddRange(await active.Where(j => j.VideoId == null && channelIds.Contains(j.ChannelId))
                .Select(j => new { j.Id, j.VideoId, j.ChannelId, j.JobType }).ToListAsync());
        }

        var holderOf = holders.ToDictionary(job => WorkOf(job.JobType, job.VideoId, job.ChannelId), job => job.Id);
        var free = jobs.AsEnumerable().Reverse()
            .Where(job => !deleted.Contains(job.ChannelId))
            .Where(job => holderOf.TryAdd(WorkOf(job.JobType, job.VideoId, job.ChannelId), job.Id)
                || holderOf[WorkOf(job.JobType, job.VideoId, job.ChannelId)] == job.Id)
            .ToList();
        free.Reverse();
        return free;

        static (JobType, long?, long) WorkOf(JobType jobType, long? videoId, long channelId) => (jobType, videoId, videoId is null ? channelId : 0);
    }

    private sealed record Batch(long Newest, IReadOnlyList<long> Ids);

    /// <param name="MirroredAs">The background job that waited in its stead, before it was changed.</param>
    private sealed record ChangedJob(VideoProcessingJob Job, string? MirroredAs);

    /// <summary>What is done to which jobs.</summary>
    /// <param name="Action">What it is called in the audit log: each batch has an entry in its own transaction.</param>
    /// <param name="Default">The statuses that a filter without one means.</param>
    private sealed record Bulk(string Action, JobSelection Selection, IReadOnlyList<JobStatus> Default)
    {
        public bool NewestFirst { get; init; }

        /// <summary>Whether a filter leaves out jobs whose work a later one has completed, or does when it is changed itself.</summary>
        public bool LatestOnly { get; init; }

        /// <summary>For the audit log.</summary>
        public object? Details { get; init; }

        /// <summary>Whether it can be done to a job, and would change it.</summary>
        public required System.Linq.Expressions.Expression<Func<VideoProcessingJob, bool>> Allowed { get; init; }

        /// <summary>Changes the jobs that it can; returns them.</summary>
        public required Func<PipelineDbContext, List<VideoProcessingJob>, DateTimeOffset, Task<List<VideoProcessingJob>>> ChangeAsync { get; init; }

        /// <summary>Tells the rest of the process, after the commit.</summary>
        public required Action<IReadOnlyList<ChangedJob>> Changed { get; init; }

        public IQueryable<VideoProcessingJob> Meant(PipelineDbContext db)
        {
            if (Selection.Ids is { } ids)
            {
                return db.Jobs.Where(j => ids.Contains(j.Id));
            }

            var matching = Selection.Filter!.Apply(db.Jobs);
            matching = Selection.Filter.Status is null ? matching.Where(j => Default.Contains(j.Status)) : matching;
            if (!LatestOnly)
            {
                return matching;
            }

            var allowed = matching.Where(Allowed);
            return matching.Where(j => j.VideoId == null
                || (!db.Jobs.Any(later => later.VideoId == j.VideoId && later.JobType == j.JobType && later.Id > j.Id && later.Status == Completed)
                    && !allowed.Any(later => later.VideoId == j.VideoId && later.JobType == j.JobType && later.Id > j.Id)));
        }
    }
}
