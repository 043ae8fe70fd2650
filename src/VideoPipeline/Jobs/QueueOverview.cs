using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Nodes;

namespace VideoPipeline.Jobs;

/// <summary>How much of a job type waits and runs.</summary>
/// <param name="Workers">How many jobs of the type run at once, over all nodes that are alive.</param>
/// <param name="ByPriority">The waiting ones, the highest priority first.</param>
public sealed record JobTypeOverview(
    JobType JobType, int Queued, int Processing, int Retrying, int Workers, IReadOnlyList<(int Priority, int Count)> ByPriority);

/// <summary>Reads how the queue stands.</summary>
public sealed class QueueOverview(IDbContextFactory<PipelineDbContext> contexts, TimeProvider time)
{
    /// <summary>Of each type, in the order of the stages.</summary>
    public async Task<IReadOnlyList<JobTypeOverview>> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);

        // Apart, since an index of its own knows all of it.
        var waiting = await db.Jobs.Where(j => j.Status == JobStatus.Queued)
            .GroupBy(j => new { j.JobType, j.Priority })
            .Select(part => new { part.Key.JobType, part.Key.Priority, Count = part.Count() })
            .ToListAsync(cancellationToken);
        var others = await db.Jobs.Where(j => j.Status == JobStatus.Processing || j.Status == JobStatus.Retrying)
            .GroupBy(j => new { j.JobType, j.Status })
            .Select(part => new { part.Key.JobType, part.Key.Status, Count = part.Count() })
            .ToListAsync(cancellationToken);
        var nodes = await db.Nodes.AsNoTracking().Alive(time.GetUtcNow()).ToListAsync(cancellationToken);
        return
        [
            .. JobTypes.All.Select(type => new JobTypeOverview(
                type,
                waiting.Where(part => part.JobType == type).Sum(part => part.Count),
                others.Where(part => part.JobType == type && part.Status == JobStatus.Processing).Sum(part => part.Count),
                others.Where(part => part.JobType == type && part.Status == JobStatus.Retrying).Sum(part => part.Count),
                nodes.Sum(node => node.WorkersOf(type)),
                [.. waiting.Where(part => part.JobType == type).OrderByDescending(part => part.Priority).Select(part => (part.Priority, part.Count))])),
        ];
    }

    /// <summary>The jobs whose time comes next.</summary>
    public async Task<IReadOnlyList<VideoProcessingJob>> NextRetriesAsync(int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.AsNoTracking().Where(j => j.Status == JobStatus.Retrying).OrderBy(j => j.QueuedAt).Take(limit).ToListAsync(cancellationToken);
    }
}
