using System.Transactions;
using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>How rows at the head of their queue get their background jobs.</summary>
internal sealed partial class SharedMirror
{
    /// <summary>So many rows get their background job in one transaction: the first ones needn't wait for all.</summary>
    private const int Batch = 50;

    private async Task RefillIfNeededAsync(JobType jobType, CancellationToken stop)
    {
        await using var db = await _contexts.CreateDbContextAsync(stop);
        var waiting = db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == jobType);
        if (await waiting.CountAsync(j => j.MirroredAs != null, stop) <= _size / 2 && await waiting.AnyAsync(j => j.MirroredAs == null, stop))
        {
            await EnterAsync(jobType, stop);
        }
    }

    /// <summary>Gives all rows at the head of this type's queue their background jobs.</summary>
    private async Task EnterAsync(JobType jobType, CancellationToken stop)
    {
        lock (_gate)
        {
            _due.Remove(jobType);
        }

        bool more;
        do
        {
            Entered entered;
            await using (var db = _storage.CreateDbContext(_contexts))
            {
                entered = await db.Database.CreateExecutionStrategy().ExecuteAsync(() => EnterInTurnAsync(db, jobType, stop));
            }

            // After their successors are there: a queue that is empty for a moment would let lower priorities pass. (Of rows
            // beyond the batch the successors come with the next one. Who passes those meanwhile is held up at the claim.) A
            // worker that takes an old one in this moment runs the same row, whose successor is then refused and ends.
            foreach (var (backgroundJobId, state) in entered.Superfluous)
            {
                Delete(backgroundJobId, state, "made anew in order");
            }

            more = entered.More;
        }
        while (more);
    }

    /// <summary>
    /// One transaction. Where Hangfire joins it, background jobs and marks come together or not at all. Elsewhere a crash leaves
    /// background jobs that no row is marked with: a second one follows, the claim lets one of them through, and
    /// <see cref="SyncAsync"/> removes the other.
    /// </summary>
    private async Task<Entered> EnterInTurnAsync(PipelineDbContext db, JobType jobType, CancellationToken stop)
    {
        using var transaction = new TransactionScope(
            TransactionScopeOption.RequiresNew, new TransactionOptions { IsolationLevel = IsolationLevel.ReadCommitted }, TransactionScopeAsyncFlowOption.Enabled);
        await db.MirrorTurns.Where(turn => turn.JobType == jobType).ExecuteUpdateAsync(set => set.SetProperty(turn => turn.Turn, turn => turn.Turn + 1), stop);

        var head = await db.Jobs.AsNoTracking().Where(JobQuery.Waiting).Where(j => j.JobType == jobType).InOrder().Take(_size + 1)
            .Select(j => new MirrorEntry(new WaitingJob(j.Id, j.JobType, j.Priority, j.QueuedAt, j.ChannelId, j.VideoId), j.MirroredAs, j.HangfireJobId))
            .ToListAsync(stop);
        NoteEnd(jobType, head);

        var superfluous = new List<(string, string)>();
        var plan = MirrorPlan.For(WithLatest(head.Take(_size), superfluous), _storage.TakesInOrderOfIds);
        var marks = new List<(MirrorEntering Entering, string? BackgroundJobId)>();
        var subjects = await _subjects.OfAsync(db, plan.Take(Batch).Where(entering => entering.Again is null).Select(entering => entering.Job), stop);
        foreach (var entering in plan.Take(Batch))
        {
            var backgroundJobId = entering.Again ?? Create(entering.Job, subjects.GetValueOrDefault(entering.Job.Id));
            if (entering.Again is not null)
            {
                PutIntoQueueAgain(QueueName.Of(entering.Job.JobType, entering.Job.Priority), backgroundJobId);
            }

            marks.Add((entering, backgroundJobId));
        }

        // The next transaction makes these anew. Until then they have none: their old ones are in front of the new ones, and
        // marks that stay would make that look like the right order.
        marks.AddRange(plan.Skip(Batch).Where(entering => entering.Replaces is not null).Select(entering => (entering, (string?)null)));

        // In the order of ids, as claims change them: two transactions that lock rows in two orders wait for each other.
        foreach (var (entering, backgroundJobId) in marks.OrderBy(mark => mark.Entering.Job.Id))
        {
            var job = entering.Job;
            var marked = await db.Jobs.Where(JobQuery.Waiting)
                .Where(j => j.Id == job.Id && j.Priority == job.Priority && j.QueuedAt == job.QueuedAt && j.MirroredAs == entering.Replaces)
                .ExecuteUpdateAsync(set => set.SetProperty(j => j.MirroredAs, backgroundJobId), stop);

            // Claimed or cancelled meanwhile, or its place is another one now: whoever has changed that has asked for it again.
            superfluous.AddRange(marked == 0 && backgroundJobId is not null ? [(backgroundJobId, EnqueuedState.StateName)] : []);
            superfluous.AddRange(entering.Replaces is null ? [] : [(entering.Replaces, EnqueuedState.StateName)]);
        }

        if (plan.Count is > 0 and <= Batch && head.Count > _size)
        {
            superfluous.AddRange(await PutOutAsync(db, jobType, stop));
        }

        transaction.Complete();
        return new Entered(superfluous, More: plan.Count > Batch);
    }

    private void NoteEnd(JobType jobType, List<MirrorEntry> head)
    {
        lock (_gate)
        {
            if (head.Count > _size)
            {
                _ends[jobType] = (head[_size - 1].Job, _time.GetTimestamp());
            }
            else
            {
                _ends.Remove(jobType);
            }
        }
    }

    /// <summary>Of rows that were tried before: whether their latest background job can be used again, or is to be removed.</summary>
    private List<MirrorEntry> WithLatest(IEnumerable<MirrorEntry> head, List<(string, string)> superfluous)
    {
        using var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        using var connection = _storage.Jobs.GetConnection();
        var entries = new List<MirrorEntry>();
        foreach (var entry in head)
        {
            var usable = false;
            if (entry is { MirroredAs: null, LatestAs: { } latest } && StateOf(connection, latest, entry.Job) is { } state)
            {
                usable = state == EnqueuedState.StateName || state == ProcessingState.StateName;
                superfluous.AddRange(state == ScheduledState.StateName || state == FailedState.StateName ? [(latest, state)] : []);
            }

            entries.Add(usable ? entry : entry with { LatestAs = null });
        }

        return entries;
    }

    /// <summary>
    /// The state of a row's background job; null when it is gone, or is another row's (ids begin anew when Hangfire's tables
    /// are made anew), or is in another queue.
    /// </summary>
    private static string? StateOf(IStorageConnection connection, string backgroundJobId, WaitingJob job) =>
        connection.GetJobData(backgroundJobId) is { Job: { } body } data
            && body.Type == typeof(MirroredJob) && body.Args[0] is long jobId && jobId == job.Id && body.Queue == QueueName.Of(job.JobType, job.Priority)
            ? data.State
            : null;

    private string Create(WaitingJob job, string? subject)
    {
        using var inside = _storage.JoinsTransactions ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        return _client.Create(MirroredJob.For(job, subject), new MirrorEnqueuedState(QueueName.Of(job.JobType, job.Priority)));
    }

    /// <summary>
    /// Without a change of state, which would wait for the lock of a worker that is dead. Should it be in the queue already,
    /// its second delivery is refused by the claim.
    /// </summary>
    private void PutIntoQueueAgain(string queue, string backgroundJobId)
    {
        using var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        using var connection = _storage.Jobs.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        transaction.AddToQueue(queue, backgroundJobId);
        transaction.Commit();
    }

    /// <summary>
    /// Rows that others have gone before lose their background jobs, once there are twice as many as needed: a row that
    /// outranks the end costs nothing but its own entry.
    /// </summary>
    private async Task<IEnumerable<(string, string)>> PutOutAsync(PipelineDbContext db, JobType jobType, CancellationToken stop)
    {
        var surplus = await db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == jobType && j.MirroredAs != null).InOrder().Skip(2 * _size)
            .Select(j => new { j.Id, j.MirroredAs }).ToListAsync(stop);
        if (surplus.Count == 0)
        {
            return [];
        }

        var ids = surplus.Select(job => job.Id).ToList();
        await db.Jobs.Where(JobQuery.Waiting).Where(j => ids.Contains(j.Id)).ExecuteUpdateAsync(set => set.SetProperty(j => j.MirroredAs, (string?)null), stop);
        return surplus.Select(job => (job.MirroredAs!, EnqueuedState.StateName));
    }

    private async Task UnmarkAsync(long jobId, string backgroundJobId, CancellationToken stop)
    {
        await using var db = await _contexts.CreateDbContextAsync(stop);
        await db.Jobs.Where(j => j.Id == jobId && j.MirroredAs == backgroundJobId)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.MirroredAs, (string?)null), stop);
    }

    /// <param name="Superfluous">Background jobs to remove, with the state in which they are.</param>
    private sealed record Entered(IReadOnlyList<(string BackgroundJobId, string State)> Superfluous, bool More);
}
