namespace VideoPipeline.Events;

/// <summary>A job's row at some time, as far as it tells one state of it from another.</summary>
internal readonly record struct RowVersion(long JobId, DateTimeOffset UpdatedAt);

/// <summary>
/// Which rows have changed, from looks at those that were changed lately. A row may be committed after a look and still say
/// an earlier time (its transaction took long, its node's clock is behind), so each look goes back past the one before, and
/// this remembers what it has seen. Times are compared for being the same, not for their order: two nodes' clocks differ.
/// </summary>
internal sealed class ChangeWindow(IEnumerable<RowVersion> present)
{
    private Dictionary<long, DateTimeOffset> _seen = present.ToDictionary(row => row.JobId, row => row.UpdatedAt);

    /// <summary>Which of these rows differ from what was seen before.</summary>
    public IReadOnlyList<long> Changed(IEnumerable<RowVersion> rows) =>
        [.. rows.Where(row => !_seen.TryGetValue(row.JobId, out var seen) || seen != row.UpdatedAt).Select(row => row.JobId)];

    /// <summary>Takes these rows for seen.</summary>
    /// <param name="whole">Whether they are the whole window: what isn't in it any more is forgotten.</param>
    public void Remember(IReadOnlyList<RowVersion> rows, bool whole)
    {
        if (whole)
        {
            _seen = new(rows.Count);
        }

        foreach (var row in rows)
        {
            _seen[row.JobId] = row.UpdatedAt;
        }
    }
}
