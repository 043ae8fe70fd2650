using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// The mirror in this process's memory: it knows which rows have a background job, so a row that enters or leaves costs no
/// write. For a Hangfire storage that is in memory, too.
/// </summary>
internal sealed class LocalMirror : Mirror
{
    /// <summary>Retrying jobs keep their background job, for its history, up to so many.</summary>
    private const int MaxScheduled = 1000;

    /// <summary>Written by the loop alone, and read by whoever asks which background job stands for a row.</summary>
    private readonly ConcurrentDictionary<long, string> _enqueued = new();

    private readonly Dictionary<JobType, MirrorWindow> _windows;
    private readonly Dictionary<long, string> _scheduled = [];
    private readonly Dictionary<long, string> _failed = [];
    private readonly Queue<(long JobId, string BackgroundJobId)> _failedInOrder = [];
    private readonly HashSet<string> _aboutToClaim = [];
    private readonly JobSubjects _subjects = new();
    private readonly IBackgroundJobClient _client;
    private readonly JobStorage _storage;
    private readonly IDbContextFactory<PipelineDbContext> _contexts;
    private readonly ILogger<LocalMirror> _logger;
    private readonly int _size;

    public LocalMirror(
        IBackgroundJobClient client,
        JobStorage storage,
        IDbContextFactory<PipelineDbContext> contexts,
        JobSignals signals,
        IOptions<DispatchOptions> options,
        ILogger<LocalMirror> logger)
        : base(client, logger)
    {
        _client = client;
        _storage = storage;
        _contexts = contexts;
        _logger = logger;
        _size = options.Value.WindowSize;
        _windows = JobTypes.All.ToDictionary(jobType => jobType, _ => new MirrorWindow(_size));
        signals.Queued += jobs => Tell(stop => EnterAsync(jobs, stop));
        signals.Flush += () => TellAsync(_ => Task.CompletedTask);
        signals.Left += left => Tell(stop => LeaveAsync(left, stop));
    }

    public override Task SyncAsync(CancellationToken cancellationToken) => TellAsync(async stop =>
    {
        await DropLostAsync(stop);
        foreach (var jobType in JobTypes.All)
        {
            await RefillAsync(jobType, stop);
        }
    }).WaitAsync(cancellationToken);

    /// <summary>Hangfire only appends, so the row gets a new background job at its place, and this one ends.</summary>
    public override IState PutBack(JobType jobType, long jobId, BackgroundJob backgroundJob, string reason)
    {
        var backgroundJobId = backgroundJob.Id;
        Tell(stop =>
        {
            if (_enqueued.GetValueOrDefault(jobId) != backgroundJobId)
            {
                return Task.CompletedTask;
            }

            var window = _windows[jobType];
            var job = window.Mirrored.First(job => job.Id == jobId);
            window.Leave(jobId);
            _enqueued.TryRemove(jobId, out _);
            return EnterAsync([job], stop);
        });
        return new MirrorDeletedState(reason);
    }

    public override void Scheduled(JobType jobType, long jobId, string backgroundJobId) => Tell(_ =>
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

    /// <summary>Until the row is retried, and the latest ones only.</summary>
    public override void Failed(long jobId, string backgroundJobId) => Tell(_ =>
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

    protected override string? WaitingFor(VideoProcessingJob job) => _enqueued.GetValueOrDefault(job.Id);

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
            await ApplyAsync(_windows[ofType.Key].Enter(ofType), stop);
            await RefillIfNeededAsync(ofType.Key, stop);
        }
    }

    private async Task LeaveAsync(LeftJob left, CancellationToken stop)
    {
        if (_windows[left.JobType].Leave(left.Id) && _enqueued.TryRemove(left.Id, out var enqueued) && enqueued != left.ClaimedBy)
        {
            Delete(enqueued, EnqueuedState.StateName, "its job waits no more");
        }

        if (_scheduled.Remove(left.Id, out var scheduled))
        {
            Delete(scheduled, ScheduledState.StateName, "its job waits no more");
        }

        await RefillIfNeededAsync(left.JobType, stop);
    }

    private Task RefillIfNeededAsync(JobType jobType, CancellationToken stop) =>
        _windows[jobType].NeedsRefill ? RefillAsync(jobType, stop) : Task.CompletedTask;

    private async Task RefillAsync(JobType jobType, CancellationToken stop)
    {
        await using var db = await _contexts.CreateDbContextAsync(stop);
        var head = await db.Jobs.AsNoTracking().Where(JobQuery.Waiting).Where(j => j.JobType == jobType).InOrder().Take(_size + 1)
            .Select(JobQuery.Place).ToListAsync(stop);
        var more = head.Count > _size;
        await ApplyAsync(_windows[jobType].Refill(more ? head[..^1] : head, more), stop);
    }

    private async Task ApplyAsync(MirrorChanges changes, CancellationToken stop)
    {
        var subjects = await SubjectsAsync(changes.Add, stop);
        var removed = new List<string>();
        foreach (var jobId in changes.Remove)
        {
            if (_enqueued.TryRemove(jobId, out var backgroundJobId))
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
                    : _client.Create(MirroredJob.For(job, subjects.GetValueOrDefault(job.Id)), enqueued);
        }

        // After their successors are there: a queue that is empty for a moment would let lower priorities pass. A worker
        // that takes an old one in this moment runs the same row; its successor goes when that is heard.
        removed.ForEach(backgroundJobId => Delete(backgroundJobId, EnqueuedState.StateName, "made anew in order"));
    }

    /// <summary>The window has changed already: a database that doesn't answer now must not keep these jobs from being mirrored.</summary>
    private async Task<IReadOnlyDictionary<long, string>> SubjectsAsync(IReadOnlyList<WaitingJob> jobs, CancellationToken stop)
    {
        if (jobs.Count == 0)
        {
            return ReadOnlyDictionary<long, string>.Empty;
        }

        try
        {
            await using var db = await _contexts.CreateDbContextAsync(stop);
            return await _subjects.OfAsync(db, jobs, stop);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _logger.LogWarning(exception, "The titles of {Count} jobs can't be read; the dashboard shows their ids", jobs.Count);
            return ReadOnlyDictionary<long, string>.Empty;
        }
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
                        _enqueued.TryRemove(job.Id, out _);
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
}
