using System.Reflection;
using Microsoft.Extensions.Options;
using VideoPipeline.Jobs;

namespace VideoPipeline.Nodes;

/// <summary>Which node this process is.</summary>
public sealed class ThisNode(IOptions<NodeOptions> options, IOptions<WorkerOptions> workers, TimeProvider time)
{
    public Guid Id { get; } = Guid.NewGuid();

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>The name from the settings, else <c>host:process</c>. Workers, rows and Hangfire's servers all carry it.</summary>
    public string Name => options.Value.Name is { Length: > 0 } name ? name : $"{Environment.MachineName}:{Environment.ProcessId}";

    public NodeRole Role => options.Value.Role;

    /// <summary>Whether background jobs run here. (Synchronous processing does so on every node that answers requests.)</summary>
    public bool RunsJobs => Role != NodeRole.Api;

    /// <summary>Of the service, without the source revision that a build may append.</summary>
    public static string Version { get; } =
        typeof(ThisNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>How many jobs of this type run here at once: none on a node that only answers requests, whatever the settings say.</summary>
    public int WorkersOf(JobType jobType) => RunsJobs ? workers.Value.Of(jobType) : 0;

    /// <summary>The name of a worker here, as jobs' rows have it.</summary>
    /// <param name="worker">Without a slash.</param>
    public string NameOf(string worker) => $"{Name}/{worker}";

    internal Node ToRow(DateTimeOffset now) => new()
    {
        Id = Id,
        Name = Name,
        Role = Role,
        Version = Version,
        StartedAt = StartedAt,
        SeenAt = now,
        ScrapeWorkers = WorkersOf(JobType.Scrape),
        DownloadWorkers = WorkersOf(JobType.Download),
        TransformWorkers = WorkersOf(JobType.Transform),
        PublishWorkers = WorkersOf(JobType.Publish),
    };
}
