using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Which rows of one job type have a background job: always the first ones in order, so that a worker never finds a job in
/// Hangfire while one that goes before it has none. Decides only; <see cref="Mirror"/> carries out what it returns.
/// </summary>
internal sealed class MirrorWindow(int size)
{
    private readonly SortedSet<WaitingJob> _mirrored = [];
    private readonly Dictionary<long, WaitingJob> _byId = [];

    /// <summary>Whether rows may wait behind the last mirrored one.</summary>
    public bool HasMore { get; private set; }

    public int Count => _mirrored.Count;

    public IEnumerable<WaitingJob> Mirrored => _mirrored;

    /// <summary>Half of the head is consumed: time to look for more, before workers run dry.</summary>
    public bool NeedsRefill => HasMore && _mirrored.Count <= size / 2;

    public bool Contains(long jobId) => _byId.ContainsKey(jobId);

    /// <summary>Rows have begun to wait: those that go before the window's end enter it.</summary>
    public MirrorChanges Enter(IEnumerable<WaitingJob> jobs)
    {
        var added = new List<WaitingJob>();
        foreach (var job in jobs)
        {
            // Behind the end (or the window is empty and about to be refilled): the row waits as a row.
            if (_byId.ContainsKey(job.Id) || (HasMore && (_mirrored.Count == 0 || job > _mirrored.Max)))
            {
                continue;
            }

            Add(job);
            added.Add(job);
        }

        // Twice the size before anything is put out again: a row that outranks the end costs nothing but its own entry.
        List<WaitingJob> put = _mirrored.Count > 2 * size ? [.. _mirrored.Skip(size)] : [];
        foreach (var job in put)
        {
            Remove(job);
            HasMore = true;
        }

        var stillIn = added.Where(job => _byId.ContainsKey(job.Id)).ToList();
        return InOrder(stillIn, [.. put.Except(added)]);
    }

    /// <summary>The row waits no more. False when it had no background job.</summary>
    public bool Leave(long jobId)
    {
        if (!_byId.TryGetValue(jobId, out var job))
        {
            return false;
        }

        Remove(job);
        return true;
    }

    /// <summary>Makes the window exactly these rows: the first ones in order, as read from the database just now.</summary>
    /// <param name="more">Whether further rows wait behind them.</param>
    public MirrorChanges Refill(IReadOnlyList<WaitingJob> head, bool more)
    {
        var wanted = head.ToHashSet();
        var gone = _mirrored.Where(job => !wanted.Contains(job)).ToList();
        gone.ForEach(Remove);
        var added = head.Where(job => !_byId.ContainsKey(job.Id)).ToList();
        added.ForEach(Add);
        HasMore = more;
        return InOrder(added, gone);
    }

    /// <summary>
    /// Hangfire appends only. Where a row enters a priority's queue anywhere but at its end, those behind it are put in
    /// again after it.
    /// </summary>
    private MirrorChanges InOrder(List<WaitingJob> added, List<WaitingJob> removed)
    {
        var again = new List<WaitingJob>();
        foreach (var entering in added.GroupBy(job => job.Priority))
        {
            var first = entering.Min();
            var ids = entering.Select(job => job.Id).ToHashSet();
            again.AddRange(_mirrored.GetViewBetween(first, _mirrored.Max).TakeWhile(job => job.Priority == entering.Key).Where(job => !ids.Contains(job.Id)));
        }

        return new MirrorChanges([.. removed.Concat(again).Select(job => job.Id)], [.. added.Concat(again).Order()]);
    }

    private void Add(WaitingJob job)
    {
        _mirrored.Add(job);
        _byId[job.Id] = job;
    }

    private void Remove(WaitingJob job)
    {
        _mirrored.Remove(job);
        _byId.Remove(job.Id);
    }
}

/// <param name="Remove">The jobs whose background jobs go.</param>
/// <param name="Add">The jobs that get a background job, in this order; after the removals.</param>
internal sealed record MirrorChanges(IReadOnlyList<long> Remove, IReadOnlyList<WaitingJob> Add);
