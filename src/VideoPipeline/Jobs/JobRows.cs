using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Jobs;

/// <summary>
/// What workers do to job rows: claim, renew, report, end (this file), and what time does to them. Every update is guarded
/// by the status and the token that were read, so a worker that is late (it was frozen, or its job was cancelled or rescued)
/// changes nothing.
/// </summary>
public sealed partial class JobRows(
    RowWriter writer,
    IDbContextFactory<PipelineDbContext> contexts,
    JobSignals signals,
    TimeProvider time,
    Random random,
    IOptions<StorageOptions> storage,
    IOptions<RetryOptions> retry,
    IOptions<LeaseOptions> lease,
    IOptions<SourceOptions> sources,
    IOptions<GitHubOptions> github,
    ILogger<JobRows> logger)
{
    /// <summary>How long a worker waits for one of this process, or of another, that fetched before it and hasn't claimed yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PatienceWithNodes = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<JobType, ClaimLine> _lines = JobTypes.All.ToDictionary(
        jobType => jobType, jobType => new ClaimLine(jobType, writer, time, storage.Value.IsDispatchShared ? PatienceWithNodes : Patience));

    /// <summary>Takes this job if it is still queued, it is its turn, and it is no workflow's; null when it isn't queued any more.</summary>
    /// <exception cref="OutrankedException">A job that goes before this one still waits; nothing was written.</exception>
    public async Task<VideoProcessingJob?> ClaimAsync(long jobId, JobType jobType, string worker, string? hangfireJobId)
    {
        var claimed = await _lines[jobType].ClaimAsync(jobId, (job, now) => Claim(job, worker, hangfireJobId, now));
        if (claimed is not null)
        {
            signals.RaiseLeft(claimed, claimedBy: hangfireJobId);
        }

        return claimed;
    }

    /// <summary>Takes the job of these types that is first in order; null when none waits.</summary>
    public Task<VideoProcessingJob?> ClaimNextAsync(IReadOnlyCollection<JobType> jobTypes, string worker) =>
        ClaimAsync(db => FirstAsync(jobTypes, type => db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == type)), worker);

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
            worker);
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

    public async Task ReportProgressAsync(long jobId, Guid token, StageProgress progress, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(
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
        signals.RaiseChanged();
    }

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
            var delay = RetryBackoff.Delay(job, retry.Value, random.NextDouble());
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

    /// <summary>
    /// processing -> retrying, and the pause of its channel's source, in one transaction: a crash leaves both or neither, and
    /// then the source is asked once more. Null when the job is no longer the caller's.
    /// </summary>
    public async Task<VideoProcessingJob?> RefuseAsync(VideoProcessingJob claimed, SourceRefusedException refused)
    {
        while (true)
        {
            try
            {
                var ended = await EndAsync(claimed, async (db, job) =>
                {
                    var now = time.GetUtcNow();
                    var state = await db.SourceStates.AsTracking().FirstOrDefaultAsync(s => s.ChannelId == job.ChannelId)
                        ?? db.SourceStates.Add(new() { ChannelId = job.ChannelId }).Entity;
                    var until = SourcePauses.Refuse(state, refused, sources.Value, job.StartedAt, now);
                    db.Attempts.Add(Transition.Snooze(job, refused.Message, until, now));
                    return job;
                });
                SignalRetrying(ended);
                return ended;
            }
            catch (Exception exception) when (UniqueViolation.Is(exception))
            {
                // Another node has made the channel's row meanwhile; now it is there.
            }
        }
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
    /// Compare-and-swap: reads without a lock, and writes only if the job is still as it was read. The reading is left to
    /// the readers' connections, since the writer is what all workers share.
    /// </summary>
    private async Task<VideoProcessingJob?> ClaimAsync(Func<PipelineDbContext, Task<VideoProcessingJob?>> find, string worker)
    {
        while (await ReadAsync(find) is { } read)
        {
            var claimed = await GuardedAsync(async db =>
            {
                var job = read.Copy();
                db.Attach(job);
                if (job.Status == JobStatus.Retrying)
                {
                    // Its time has come, only the timer hasn't been here yet.
                    Transition.BecomeDue(job, time.GetUtcNow());
                }

                Claim(job, worker, hangfireJobId: null, time.GetUtcNow());
                await db.SaveChangesAsync();
                return job;
            });
            if (claimed is not null)
            {
                signals.RaiseLeft(claimed, read.MirroredAs);
                return claimed;
            }

            // Another worker was faster. Bounded: each turn somebody took a job.
        }

        return null;
    }

    private void Claim(VideoProcessingJob job, string worker, string? hangfireJobId, DateTimeOffset now)
    {
        Transition.Claim(job, worker, Guid.NewGuid(), now + lease.Value.Duration, now);
        job.HangfireJobId = hangfireJobId;
    }

    private async Task<VideoProcessingJob?> ReadAsync(Func<PipelineDbContext, Task<VideoProcessingJob?>> find)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await find(db);
    }

    /// <summary>
    /// Applies the ending if the job is still held with the claimed token; null when it isn't. The row is not read again:
    /// the token in the update's WHERE says that nobody else has changed its state since the claim.
    /// </summary>
    private async Task<T?> EndAsync<T>(VideoProcessingJob claimed, Func<PipelineDbContext, VideoProcessingJob, Task<T>> end)
        where T : class
    {
        VideoProcessingJob? job = null;
        JobAttempt? attempt = null;
        var result = await GuardedAsync<T>(async db =>
        {
            job = claimed.Copy();
            var entry = db.Attach(job);
            var ended = await end(db, job);

            // Progress reports have changed these since.
            entry.Property(j => j.Progress).IsModified = true;
            entry.Property(j => j.ProgressSpeed).IsModified = true;
            entry.Property(j => j.EtaSeconds).IsModified = true;
            await db.SaveChangesAsync();
            attempt = db.Attempts.Local.Single();
            return ended;
        });
        if (result is not null)
        {
            signals.RaiseEnded(job!, attempt!);
        }

        return result;
    }

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
            first = First(first, await waiting(jobType).AsNoTracking().InOrder().FirstOrDefaultAsync());
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
