using System.Diagnostics.CodeAnalysis;
using VideoPipeline.Jobs;

namespace VideoPipeline.Events;

/// <summary>
/// One who listens, and what it hasn't been told yet: of each job its latest state only, so that one who is slow holds up
/// nobody and is told less, not later. When even that grows too much it is told to read everything again.
/// </summary>
public sealed class ChangeListener : IDisposable
{
    /// <summary>Of how many jobs at most.</summary>
    public const int MostPending = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<long> _order = new();
    private readonly Dictionary<long, JobChanged> _jobs = [];
    private readonly Action<ChangeListener> _leave;
    private FeedReset? _reset;
    private PausesChanged? _pauses;
    private TaskCompletionSource _arrived = NewArrival();

    internal ChangeListener(ChangeFilter filter, string? cursor, Action<ChangeListener> leave)
    {
        Filter = filter;
        Cursor = cursor;
        _leave = leave;
    }

    public ChangeFilter Filter { get; }

    /// <summary>From where it goes on, as it says; null when it begins.</summary>
    internal string? Cursor { get; }

    /// <summary>Completes when there is something to take.</summary>
    public Task Arrived
    {
        get
        {
            lock (_gate)
            {
                return _arrived.Task;
            }
        }
    }

    /// <summary>Takes what comes next.</summary>
    public bool TryTake([NotNullWhen(true)] out FeedEvent? next)
    {
        lock (_gate)
        {
            if (_reset is not null)
            {
                next = _reset;
                _reset = null;
                return true;
            }

            if (_pauses is not null)
            {
                // Before the jobs that wait, and so not with a cursor that is past them.
                next = _order.TryPeek(out var first) ? _pauses with { Cursor = _jobs[first].Cursor } : _pauses;
                _pauses = null;
                return true;
            }

            if (_order.TryDequeue(out var jobId))
            {
                _jobs.Remove(jobId, out var job);
                next = job!;
                return true;
            }

            _arrived = _arrived.Task.IsCompleted ? NewArrival() : _arrived;
            next = null;
            return false;
        }
    }

    /// <summary>Listens no more.</summary>
    public void Dispose() => _leave(this);

    internal void Tell(IReadOnlyList<JobChanged> changes)
    {
        var wanted = changes.Where(change => Filter.Matches(change.Job)).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var change in wanted)
            {
                if (_jobs.TryGetValue(change.Job.Id, out var older))
                {
                    // At its old place, and with the cursor of that place: what waits behind it hasn't been told.
                    _jobs[change.Job.Id] = change with { Cursor = older.Cursor };
                }
                else
                {
                    _jobs[change.Job.Id] = change;
                    _order.Enqueue(change.Job.Id);
                }
            }

            if (_order.Count > MostPending)
            {
                Replace(new FeedReset(wanted[^1].Cursor, "more has changed than could be sent"));
            }

            _arrived.TrySetResult();
        }
    }

    internal void Tell(PausesChanged pauses)
    {
        lock (_gate)
        {
            _pauses = pauses;
            _arrived.TrySetResult();
        }
    }

    internal void Tell(FeedReset reset)
    {
        lock (_gate)
        {
            Replace(reset);
            _arrived.TrySetResult();
        }
    }

    private void Replace(FeedReset reset)
    {
        _jobs.Clear();
        _order.Clear();
        _reset = reset;
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
