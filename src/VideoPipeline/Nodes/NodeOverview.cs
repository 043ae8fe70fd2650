using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Nodes;

/// <summary>A node, and what it runs now.</summary>
/// <param name="Jobs">Those that began first in front. Of a lost node: what it held until its leases ran out.</param>
public sealed record NodeOverview(Node Node, bool IsAlive, IReadOnlyList<NodeJob> Jobs)
{
    /// <summary>More than so many can only be lost ones that crash again and again.</summary>
    private const int Most = 500;

    /// <summary>All nodes: those that are alive by their names, then the lost ones, the latest first. Two queries, however many there are.</summary>
    public static async Task<IReadOnlyList<NodeOverview>> ReadAsync(PipelineDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nodes = await db.Nodes.AsNoTracking().OrderByDescending(n => n.SeenAt).Take(Most).ToListAsync(cancellationToken);
        var jobs = await db.Jobs.Where(j => j.Status == JobStatus.Processing && j.GithubWorkflowRunId == null && !j.GithubDispatched && j.Worker != null && j.StartedAt != null)
            .OrderBy(j => j.StartedAt)
            .Select(j => new NodeJob(j.Id, j.JobType, j.VideoId, j.ChannelId, j.Progress, j.StartedAt!.Value, j.Worker!))
            .ToListAsync(cancellationToken);
        return Of(nodes, jobs, now);
    }

    /// <summary>
    /// Gives each job to the node whose name its worker has. A name may have been used before, by a process that has died
    /// since: a job belongs to the latest node that had started before it.
    /// </summary>
    internal static IReadOnlyList<NodeOverview> Of(IReadOnlyList<Node> nodes, IReadOnlyList<NodeJob> jobs, DateTimeOffset now)
    {
        var byName = nodes.ToLookup(node => node.Name, StringComparer.Ordinal);
        var jobsOf = jobs.ToLookup(job => byName[NodeOf(job.Worker)].Where(node => node.StartedAt <= job.Since).MaxBy(node => node.StartedAt)?.Id);
        return [.. nodes.Select(node => new NodeOverview(node, node.IsAlive(now), [.. jobsOf[node.Id]]))
            .OrderByDescending(overview => overview.IsAlive)
            .ThenByDescending(overview => overview.IsAlive ? now : overview.Node.SeenAt)
            .ThenBy(overview => overview.Node.Name, StringComparer.Ordinal)
            .ThenBy(overview => overview.Node.StartedAt)];
    }

    private static string NodeOf(string worker) => worker[..Math.Max(0, worker.LastIndexOf('/'))];
}

/// <summary>A job that runs on a node.</summary>
/// <param name="Progress">Percent; null when nothing was reported yet.</param>
/// <param name="Since">When this attempt started.</param>
public sealed record NodeJob(long Id, JobType JobType, long? VideoId, long ChannelId, double? Progress, DateTimeOffset Since, string Worker);
