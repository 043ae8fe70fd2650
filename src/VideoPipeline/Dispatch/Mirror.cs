using System.Threading.Channels;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Gives the first rows of each queue a background job in Hangfire, and takes it away from rows that wait no more. Holds
/// no truth: everything here is rebuilt from the rows at start and compared with them by <see cref="Reconciler"/>.
/// One loop does all the work in the order in which it is told, so nothing here needs a lock; and nobody who tells it
/// waits for it, so Hangfire's filters, which run under Hangfire's own locks, can.
/// </summary>
public sealed class Mirror : BackgroundService
{
    /// <summary>Retrying jobs keep their background job, for its history, up to so many.</summary>
    private const int MaxScheduled = 1000;

    /// <summary>So many failures are shown in Hangfire.</summary>
    private const int MaxFailed = 1000;

    private readonly Channel<Func<CancellationToken, Task>> _told =
        Channel.CreateUnbounded<Func<CancellationToken, Task>>(new() { SingleReader = true });

    private readonly Dictionary<JobType, MirrorWindow> _windows;
    private readonly Dictionary<long, string> _enqueued = [];
    private readonly Dictionary<long, string> _scheduled = [];
    private readonly Dictionary<long, string> _failed = [];
    private readonly Queue<(long JobId, string BackgroundJobId)> _failedInOrder = [];
    private readonly HashSet<string> _aboutToClaim = [];
    private readonly IBackgroundJobClient _client;
    private readonly JobStorage _storage;
    private readonly IDbContextFactory<PipelineDbContext> _contexts;
    private readonly ILogger<Mirror> _logger;
    private readonly int _size;

    public Mirror(
        IBackgroundJobClient client,
        JobStorage storage,
        IDbContextFactory<PipelineDbContext> contexts,
        JobSignals signals,
        IOptions<DispatchOptions> options,
        ILogger<Mirror> logger)
    {
        _client = client;
        _storage = storage;
        _contexts = contexts;
        _logger = logger;
        _size = options.Value.WindowSize;
        _windows = JobTypes.All.ToDictionary(jobType => jobType, _ => new MirrorWindow(_size));
        signals.Queued += jobs => Tell(stop => EnterAsync(jobs, stop));
        signals.Flush += () => TellAsync(_ => Task.CompletedTask);
        signals.Left += (jobType, jobId, claimedBy) => Tell(stop => LeaveAsync(jobType, jobId, claimedBy, stop));
    }

    /// <summary>Compares all windows with the rows, and the background jobs with Hangfire; returns when it is done.</summary>
    public Task SyncAsync(CancellationToken cancellationToken) => TellAsync(async stop =>
    {
        await DropLostAsync(stop);
        foreach (var jobType in JobTypes.All)
        {
            await RefillAsync(jobType, stop);
        }
    }).WaitAsync(cancellationToken);

    /// <summary>A worker had this background job and didn't start its row, which still waits: it goes back to its place.</summary>
    internal void PutBack(JobType jobType, long jobId, string backgroundJobId) => Tell(stop =>
    {
        if (_enqueued.GetValueOrDefault(jobId) != backgroundJobId)
        {
            return Task.CompletedTask;
        }

        var window = _windows[jobType];
        var job = window.Mirrored.First(job => job.Id == jobId);
        window.Leave(jobId);
        _enqueued.Remove(jobId);
        return EnterAsync([job], stop);
    });

    /// <summary>This background job waits in Hangfire's <c>Scheduled</c> state for its row's next attempt.</summary>
    internal void Scheduled(JobType jobType, long jobId, string backgroundJobId) => Tell(_ =>
    {
        if (_windows[jobType].Contains(jobId) || _scheduled.Count >= MaxScheduled)
        {
            Delete(backgroundJobId, ScheduledState.StateName, "waits as a row");
        }
        else
        {
            _scheduled[jobId] = backgroundJobId;
        }

        return Task.CompletedTask;
    });

    /// <summary>
    /// This background job shows its row's failure. Hangfire keeps failed ones for ever: here until the row is retried, and
    /// the latest ones only.
    /// </summary>
    internal void Failed(long jobId, string backgroundJobId) => Tell(_ =>
    {
        _failed[jobId] = backgroundJobId;
        _failedInOrder.Enqueue((jobId, backgroundJobId));
        if (_failedInOrder.Count > MaxFailed)
        {
            var oldest = _failedInOrder.Dequeue();
            Delete(oldest.BackgroundJobId, FailedState.StateName, "the row keeps the failure");
            if (_failed.GetValueOrDefault(oldest.JobId) == oldest.BackgroundJobId)
            {
                _failed.Remove(oldest.JobId);
            }
        }

        return Task.CompletedTask;
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var told in _told.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await told(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // What is wrong now is mended by the next reconciliation.
                    _logger.LogError(exception, "Mirroring failed");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    private void Tell(Func<CancellationToken, Task> told) => _told.Writer.TryWrite(told);

    /// <summary>Completes when the loop has done it, and all that it was told before.</summary>
    private Task TellAsync(Func<CancellationToken, Task> told)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(async stop =>
        {
            try
            {
                await told(stop);
                done.TrySetResult();
            }
            catch (Exception exception)
            {
                done.TrySetException(exception);
            }
        });
        return done.Task;
    }

    private async Task EnterAsync(IReadOnlyList<WaitingJob> jobs, CancellationToken stop)
    {
        if (_failed.Count > 0)
        {
            foreach (var job in jobs)
            {
                if (_failed.Remove(job.Id, out var failed))
                {
                    Delete(failed, FailedState.StateName, "its job was retried");
                }
            }
        }

        foreach (var ofType in jobs.GroupBy(job => job.JobType))
        {
            Apply(_windows[ofType.Key].Enter(ofType));
            await RefillIfNeededAsync(ofType.Key, stop);
        }
    }

    private async Task LeaveAsync(JobType jobType, long jobId, string? claimedBy, CancellationToken stop)
    {
        if (_windows[jobType].Leave(jobId) && _enqueued.Remove(jobId, out var enqueued) && enqueued != claimedBy)
        {
            Delete(enqueued, EnqueuedState.StateName, "its job waits no more");
        }

        if (_scheduled.Remove(jobId, out var scheduled))
        {
            Delete(scheduled, ScheduledState.StateName, "its job waits no more");
        }

        await RefillIfNeededAsync(jobType, stop);
    }

    private Task RefillIfNeededAsync(JobType jobType, CancellationToken stop) =>
        _windows[jobType].NeedsRefill ? RefillAsync(jobType, stop) : Task.CompletedTask;

    private async Task RefillAsync(JobType jobType, CancellationToken stop)
    {
        await using var db = await _contexts.CreateDbContextAsync(stop);
        var head = await db.Jobs.AsNoTracking().Where(JobQuery.Waiting).Where(j => j.JobType == jobType).InOrder().Take(_size + 1)
            .Select(JobQuery.Place).ToListAsync(stop);
        var more = head.Count > _size;
        Apply(_windows[jobType].Refill(more ? head[..^1] : head, more));
    }

    private void Apply(MirrorChanges changes)
    {
        var removed = new List<string>();
        foreach (var jobId in changes.Remove)
        {
            if (_enqueued.Remove(jobId, out var backgroundJobId))
            {
                removed.Add(backgroundJobId);
            }
        }

        foreach (var job in changes.Add)
        {
            var enqueued = new MirrorEnqueuedState(QueueName.Of(job.JobType, job.Priority));
            _enqueued[job.Id] =
                _scheduled.Remove(job.Id, out var scheduled) && _client.ChangeState(scheduled, enqueued, ScheduledState.StateName)
                    ? scheduled
                    : _client.Create(MirroredJob.For(job), enqueued);
        }

        // After their successors are there: a queue that is empty for a moment would let lower priorities pass. A worker
        // that takes an old one in this moment runs the same row; its successor goes when that is heard.
        removed.ForEach(backgroundJobId => Delete(backgroundJobId, EnqueuedState.StateName, "made anew in order"));
    }

    /// <summary>
    /// Forgets background jobs that are in no state from which they will run: Hangfire gave up on them, someone removed
    /// them, or a worker has had them since the last time and not claimed their row (it was frozen; its claim will be
    /// refused). Their rows get new ones in the refill that follows.
    /// </summary>
    private async Task DropLostAsync(CancellationToken stop)
    {
        _aboutToClaim.IntersectWith(_enqueued.Values);
        using (var connection = _storage.GetConnection())
        {
            foreach (var (jobType, window) in _windows)
            {
                foreach (var job in window.Mirrored.ToList())
                {
                    var backgroundJobId = _enqueued[job.Id];
                    var state = connection.GetStateData(backgroundJobId)?.Name;
                    var aboutToClaim = state == ProcessingState.StateName && _aboutToClaim.Add(backgroundJobId);
                    if (state != EnqueuedState.StateName && !aboutToClaim)
                    {
                        window.Leave(job.Id);
                        _enqueued.Remove(job.Id);
                    }
                }
            }
        }

        if (_scheduled.Count > 0)
        {
            await using var db = await _contexts.CreateDbContextAsync(stop);
            var ids = _scheduled.Keys.ToList();
            var retrying = await db.Jobs.Where(j => ids.Contains(j.Id) && j.Status == JobStatus.Retrying).Select(j => j.Id).ToListAsync(stop);
            foreach (var jobId in ids.Except(retrying))
            {
                _scheduled.Remove(jobId, out var backgroundJobId);
                Delete(backgroundJobId!, ScheduledState.StateName, "its job waits no more");
            }
        }
    }

    /// <summary>Unless it has left this state meanwhile: then a worker has it, and its claim decides.</summary>
    private void Delete(string backgroundJobId, string expectedState, string reason) =>
        _client.ChangeState(backgroundJobId, new MirrorDeletedState(reason), expectedState);
}
