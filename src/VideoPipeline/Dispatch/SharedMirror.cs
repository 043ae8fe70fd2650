using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// The mirror in a Hangfire storage that nodes share. Each waiting row at the head of its queue is marked with its background
/// job (<see cref="VideoProcessingJob.MirroredAs"/>), so any node can go on where another one stopped; one at a time does, for
/// each job type (<see cref="MirrorTurn"/>). A row is written and acknowledged before it is mirrored: Hangfire's tables can be
/// gone, and still every row is accepted and every result kept.
/// </summary>
internal sealed partial class SharedMirror : Mirror
{
    /// <summary>For how long the end of the mirrored head is taken to be where it was seen: other nodes consume it, too.</summary>
    private static readonly TimeSpan EndKnown = TimeSpan.FromSeconds(1);

    private const string NoLongerWaiting = "its job waits no more";

    private readonly HashSet<JobType> _due = [];
    private readonly Dictionary<JobType, (WaitingJob Job, long SeenAt)> _ends = [];
    private readonly Dictionary<JobType, int> _left = JobTypes.All.ToDictionary(jobType => jobType, _ => 0);
    private readonly JobSubjects _subjects = new();
    private readonly Lock _gate = new();
    private readonly IBackgroundJobClient _client;
    private readonly HangfireStorage _storage;
    private readonly IDbContextFactory<PipelineDbContext> _contexts;
    private readonly IOptions<StorageOptions> _storageOptions;
    private readonly PauseState _pauses;
    private readonly TimeProvider _time;
    private readonly ILogger<SharedMirror> _logger;
    private readonly int _size;

    public SharedMirror(
        IBackgroundJobClient client,
        HangfireStorage storage,
        IDbContextFactory<PipelineDbContext> contexts,
        JobSignals signals,
        PauseState pauses,
        TimeProvider time,
        IOptions<StorageOptions> storageOptions,
        IOptions<DispatchOptions> options,
        ILogger<SharedMirror> logger)
        : base(client, logger)
    {
        _client = client;
        _storage = storage;
        _contexts = contexts;
        _pauses = pauses;
        _time = time;
        _storageOptions = storageOptions;
        _logger = logger;
        _size = options.Value.WindowSize;
        signals.Queued += OnQueued;
        signals.Left += OnLeft;
        signals.Outranked += ahead => Tell(stop => LookAfterAsync(ahead, stop));
        signals.Flush += () => TellAsync(_ => Task.CompletedTask);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var db = await _contexts.CreateDbContextAsync(cancellationToken))
        {
            await _storage.PrepareAsync(db, _storageOptions.Value.Migrate, cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    public override IState PutBack(JobType jobType, long jobId, BackgroundJob backgroundJob, string reason)
    {
        if (_storage.TakesInOrderOfIds)
        {
            return new MirrorEnqueuedState(backgroundJob.Job.Queue) { Reason = reason };
        }

        var backgroundJobId = backgroundJob.Id;
        Tell(async stop =>
        {
            await UnmarkAsync(jobId, backgroundJobId, stop);
            await EnterAsync(jobType, stop);
        });
        return new MirrorDeletedState(reason);
    }

    /// <summary>When its time comes, the row gets a new background job, at its place; this one is found by the row's.</summary>
    public override void Scheduled(JobType jobType, long jobId, string backgroundJobId)
    {
    }

    /// <summary>The oldest ones are removed by <see cref="SyncAsync"/>.</summary>
    public override void Failed(long jobId, string backgroundJobId)
    {
    }

    protected override string? WaitingFor(VideoProcessingJob job) => job.MirroredAs;

    private void OnQueued(IReadOnlyList<WaitingJob> jobs)
    {
        foreach (var ofType in jobs.GroupBy(job => job.JobType))
        {
            lock (_gate)
            {
                // Behind the end: it waits as a row. Whoever consumes the head lets more in.
                if (_ends.TryGetValue(ofType.Key, out var end) && _time.GetElapsedTime(end.SeenAt) < EndKnown && ofType.All(job => job > end.Job))
                {
                    continue;
                }
            }

            EnterSoon(ofType.Key);
        }
    }

    private void OnLeft(LeftJob left)
    {
        if (left.ClaimedBy is null && left.MirroredAs is { } mirroredAs)
        {
            Tell(_ =>
            {
                Delete(mirroredAs, EnqueuedState.StateName, NoLongerWaiting);
                return Task.CompletedTask;
            });
        }

        if (left.ClaimedBy is null && left.LatestAs is { } latestAs && latestAs != left.MirroredAs)
        {
            // Any row that was tried before has one, not only those at the head: a hundred thousand may be cancelled at once.
            DeleteInPassing(latestAs, ScheduledState.StateName, NoLongerWaiting);
        }

        lock (_gate)
        {
            // Several nodes consume the head, so each looks long before it could be empty.
            if (++_left[left.JobType] < _size / 20)
            {
                return;
            }

            _left[left.JobType] = 0;
        }

        Tell(stop => RefillIfNeededAsync(left.JobType, stop));
    }

    /// <summary>However often it is asked for before the loop comes to it, once.</summary>
    private void EnterSoon(JobType jobType)
    {
        lock (_gate)
        {
            if (!_due.Add(jobType))
            {
                return;
            }
        }

        Tell(stop => EnterAsync(jobType, stop));
    }
}
