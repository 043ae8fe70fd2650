using Hangfire.States;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>What keeps the shared mirror true whatever happens to nodes, to Hangfire's tables and between the two.</summary>
internal sealed partial class SharedMirror
{
    /// <summary>How long workers give way to a job that nobody claims, until it is taken for lost by whoever fetched it.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(1);

    /// <summary>So many old background jobs of a kind are looked at and removed in each interval of the reconciler.</summary>
    private const int OldAtOnce = 250;

    /// <summary>Background jobs in their queues that no row was marked with, or rows whose background job was in no queue, the last time.</summary>
    private HashSet<string> _doubtful = [];

    private readonly Dictionary<long, long> _aheadSince = [];

    /// <summary>True after Hangfire's tables were made anew: what isn't there now will not come back.</summary>
    private bool _madeAnew;

    private int _syncs;

    /// <summary>Whether the last look for old background jobs has found some: the next one follows soon.</summary>
    private bool _moreOld;

    /// <summary>Where among the scheduled background jobs the next look for old ones begins.</summary>
    private int _scheduledFrom;

    public override Task SyncAsync(CancellationToken cancellationToken) => TellAsync(async stop =>
    {
        try
        {
            await CompareAsync(stop);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The tables may be gone. Made anew, they are filled from the rows in the next round.
            _logger.LogWarning(exception, "Hangfire's storage can't be read; checking its tables");
            await using var db = await _contexts.CreateDbContextAsync(stop);
            await _storage.PrepareAsync(db, _storageOptions.Value.Migrate, stop);
            _madeAnew = true;
            await CompareAsync(stop);
        }
    }).WaitAsync(cancellationToken);

    private async Task CompareAsync(CancellationToken stop)
    {
        List<MarkedRow> marked = [];
        List<JobType> incomplete = [];
        await using (var db = await _contexts.CreateDbContextAsync(stop))
        {
            // Nearly always on a quiet service there are none, and this is all.
            if (await db.Jobs.AnyAsync(JobQuery.Waiting, stop))
            {
                marked = await db.Jobs.AsNoTracking().Where(j => j.MirroredAs != null)
                    .Select(j => new MarkedRow(new WaitingJob(j.Id, j.JobType, j.Priority, j.QueuedAt, j.ChannelId, j.VideoId), j.MirroredAs!)).ToListAsync(stop);
                incomplete = await db.Jobs.Where(JobQuery.Waiting).Where(j => j.MirroredAs == null).Select(j => j.JobType).Distinct().ToListAsync(stop);
            }
        }

        await CompareQueuesAsync(marked, stop);
        foreach (var jobType in incomplete.Where(jobType => marked.Count(row => row.Job.JobType == jobType) < _size))
        {
            await EnterAsync(jobType, stop);
        }

        if (_syncs++ % 12 == 0 || _moreOld)
        {
            _moreOld = await RemoveOldAsync(stop);
        }

        foreach (var (jobId, _) in _aheadSince.Where(ahead => _time.GetElapsedTime(ahead.Value) > 10 * Overdue).ToList())
        {
            _aheadSince.Remove(jobId);
        }
    }

    /// <summary>
    /// What differs once may be on its way: fetched and about to be claimed, or just created. What differs twice is lost, or
    /// superfluous.
    /// </summary>
    private async Task CompareQueuesAsync(List<MarkedRow> marked, CancellationToken stop)
    {
        var monitoring = _storage.Jobs.GetMonitoringApi();
        var marksOf = marked.ToLookup(row => QueueName.Of(row.Job.JobType, row.Job.Priority));
        var queues = monitoring.Queues().Select(queue => queue.Name).Where(queue => QueueName.TypeOf(queue) is not null)
            .Union(marksOf.Select(queue => queue.Key)).ToList();
        var doubtful = new HashSet<string>();
        foreach (var queue in queues)
        {
            // Whoever asks on the dashboard for one to be queued that already is puts it there a second time.
            var enqueued = monitoring.EnqueuedJobs(queue, 0, 3 * _size).Where(entry => entry.Value?.Job is not null).DistinctBy(entry => entry.Key)
                .ToDictionary(entry => entry.Key, entry => MirroredJob.RowOf(entry.Value.Job)?.JobId);
            var mirrors = new Dictionary<string, long>();
            foreach (var row in marksOf[queue])
            {
                mirrors[row.MirroredAs] = row.Job.Id;
                if (enqueued.GetValueOrDefault(row.MirroredAs) != row.Job.Id && IsCertain(row.MirroredAs))
                {
                    await BringBackAsync(row, stop);
                }
            }

            foreach (var (backgroundJobId, jobId) in enqueued)
            {
                if (mirrors.GetValueOrDefault(backgroundJobId) != jobId && IsCertain(backgroundJobId))
                {
                    Delete(backgroundJobId, EnqueuedState.StateName, NoLongerWaiting);
                }
            }
        }

        _doubtful = doubtful;
        _madeAnew = false;
        if (queues.Count > 0)
        {
            // Workers that wait hear of new background jobs by a notification, and whoever was just connecting again has missed it.
            _pauses.LookAgain();
        }

        bool IsCertain(string backgroundJobId)
        {
            if (_madeAnew || _doubtful.Contains(backgroundJobId))
            {
                return true;
            }

            doubtful.Add(backgroundJobId);
            return false;
        }
    }

    /// <summary>Others have given way to this job, more than once: does anybody still bring it?</summary>
    private async Task LookAfterAsync(WaitingJob ahead, CancellationToken stop)
    {
        if (_aheadSince.TryAdd(ahead.Id, _time.GetTimestamp()) || _time.GetElapsedTime(_aheadSince[ahead.Id]) < Overdue)
        {
            return;
        }

        _aheadSince.Remove(ahead.Id);
        await using var db = await _contexts.CreateDbContextAsync(stop);
        var mirroredAs = await db.Jobs.Where(JobQuery.Waiting).Where(j => j.Id == ahead.Id).Select(j => new { j.MirroredAs }).FirstOrDefaultAsync(stop);
        if (mirroredAs is { MirroredAs: null })
        {
            await EnterAsync(ahead.JobType, stop);
        }
        else if (mirroredAs is { MirroredAs: { } backgroundJobId })
        {
            await BringBackAsync(new MarkedRow(ahead, backgroundJobId), stop);
        }
    }

    /// <summary>
    /// A row's background job is in no queue: a worker took it and died or froze, or somebody removed it. Where that keeps its
    /// place it goes into its queue once more, should it still exist; else the row gets a new one.
    /// </summary>
    private async Task BringBackAsync(MarkedRow row, CancellationToken stop)
    {
        if (_storage.TakesInOrderOfIds)
        {
            using var connection = _storage.Jobs.GetConnection();
            if (StateOf(connection, row.MirroredAs, row.Job) is { } state && (state == EnqueuedState.StateName || state == ProcessingState.StateName))
            {
                PutIntoQueueAgain(QueueName.Of(row.Job.JobType, row.Job.Priority), row.MirroredAs);
                return;
            }
        }

        await UnmarkAsync(row.Job.Id, row.MirroredAs, stop);
        EnterSoon(row.Job.JobType);
    }

    /// <summary>
    /// Failed background jobs beyond the latest ones, and scheduled ones whose row doesn't wait for them any more. Some of
    /// them: the next look goes on.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    private async Task<bool> RemoveOldAsync(CancellationToken stop)
    {
        var monitoring = _storage.Jobs.GetMonitoringApi();

        // The latest ones come first.
        var failed = monitoring.FailedCount() > MaxFailed ? monitoring.FailedJobs(MaxFailed, OldAtOnce).ConvertAll(entry => entry.Key) : [];
        failed.ForEach(backgroundJobId => DeleteInPassing(backgroundJobId, FailedState.StateName, "the row keeps the failure"));

        var page = monitoring.ScheduledJobs(_scheduledFrom, OldAtOnce);
        var scheduled = page.Where(entry => entry.Value?.Job is not null)
            .Select(entry => (BackgroundJobId: entry.Key, Row: MirroredJob.RowOf(entry.Value.Job))).Where(entry => entry.Row is not null).ToList();
        var ids = scheduled.Select(entry => entry.Row!.Value.JobId).Distinct().ToList();
        await using var db = await _contexts.CreateDbContextAsync(stop);
        var waiting = ids.Count == 0
            ? []
            : await db.Jobs.Where(j => ids.Contains(j.Id) && (j.Status == JobStatus.Retrying || j.Status == JobStatus.Processing) && j.HangfireJobId != null)
                .Select(j => j.HangfireJobId!).ToListAsync(stop);
        var superfluous = scheduled.ConvertAll(entry => entry.BackgroundJobId).Except(waiting).ToList();
        superfluous.ForEach(backgroundJobId => DeleteInPassing(backgroundJobId, ScheduledState.StateName, NoLongerWaiting));
        _scheduledFrom = page.Count < OldAtOnce ? 0 : _scheduledFrom + page.Count - superfluous.Count;
        return failed.Count + superfluous.Count > 0;
    }

    private readonly record struct MarkedRow(WaitingJob Job, string MirroredAs);
}
