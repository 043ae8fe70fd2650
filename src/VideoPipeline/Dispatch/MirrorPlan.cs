using System.Globalization;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>A row at the head of its queue.</summary>
/// <param name="MirroredAs">Its background job; null when it has none.</param>
/// <param name="LatestAs">The background job of its latest attempt, where that can be put into its queue once more; else null.</param>
internal readonly record struct MirrorEntry(WaitingJob Job, string? MirroredAs, string? LatestAs);

/// <summary>A row that gets a background job.</summary>
/// <param name="Again">The existing background job that goes into its queue once more; null to create one.</param>
/// <param name="Replaces">The background job that this makes superfluous.</param>
internal readonly record struct MirrorEntering(WaitingJob Job, string? Again, string? Replaces);

/// <summary>Which rows at the head of a job type's queue get a background job, so that each queue is in the rows' order. Decides only.</summary>
internal static class MirrorPlan
{
    /// <param name="head">The first waiting rows of a job type, in order.</param>
    /// <param name="takesInOrderOfIds">
    /// Whether workers take a queue's background jobs in the order of their ids (see <see cref="Storage.HangfireStorage.TakesInOrderOfIds"/>),
    /// or in the order in which they were put into it.
    /// </param>
    /// <returns>The rows that get one, in the order in which they must.</returns>
    public static IReadOnlyList<MirrorEntering> For(IReadOnlyList<MirrorEntry> head, bool takesInOrderOfIds) =>
        [.. head.GroupBy(entry => entry.Job.Priority).SelectMany(queue => OfQueue([.. queue], takesInOrderOfIds))];

    private static IEnumerable<MirrorEntering> OfQueue(MirrorEntry[] queue, bool takesInOrderOfIds)
    {
        // A new background job goes behind all that there are. So whatever comes after one in the rows' order has to be new, too.
        var behindNew = false;
        var last = long.MinValue;
        for (var n = 0; n < queue.Length; n++)
        {
            var entry = queue[n];
            if (entry.MirroredAs is { } mirrored && !behindNew && (!takesInOrderOfIds || IdOf(mirrored) > last))
            {
                last = IdOf(mirrored);
            }
            else if (takesInOrderOfIds && !behindNew && entry is { MirroredAs: null, LatestAs: { } latest }
                && IdOf(latest) > last && IdOf(latest) < NextId(queue.AsSpan(n + 1)))
            {
                last = IdOf(latest);
                yield return new MirrorEntering(entry.Job, Again: latest, Replaces: null);
            }
            else
            {
                behindNew = true;
                yield return new MirrorEntering(entry.Job, Again: null, Replaces: entry.MirroredAs);
            }
        }
    }

    private static long NextId(ReadOnlySpan<MirrorEntry> behind)
    {
        foreach (var entry in behind)
        {
            if (entry.MirroredAs is { } mirrored)
            {
                return IdOf(mirrored);
            }
        }

        return long.MaxValue;
    }

    /// <summary>Storages that take in the order of ids have numbers for ids; for others it doesn't matter.</summary>
    private static long IdOf(string backgroundJobId) =>
        long.TryParse(backgroundJobId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : long.MinValue + 1;
}
