using VideoPipeline.Jobs;

namespace VideoPipeline.Nodes;

/// <summary>A running process of the service. Its row says what it runs and when it was last heard of.</summary>
public sealed class Node
{
    /// <summary>
    /// A node that has said nothing for so long is taken for lost: three times <see cref="NodeHeartbeat"/>'s interval. Judged
    /// by the reader's clock, so the nodes' clocks must agree to a few seconds, as they must for leases.
    /// </summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(15);

    /// <summary>Of this start of the process: a restart is another node.</summary>
    public Guid Id { get; set; }

    /// <summary>See <see cref="ThisNode.Name"/>; the beginning of <see cref="VideoProcessingJob.Worker"/> of the jobs it runs.</summary>
    public required string Name { get; set; }

    public NodeRole Role { get; set; }

    public required string Version { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it last said that it is alive.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>How many scrapes it runs at once; 0 for none.</summary>
    public int ScrapeWorkers { get; set; }

    public int DownloadWorkers { get; set; }

    public int TransformWorkers { get; set; }

    public int PublishWorkers { get; set; }

    public bool IsAlive(DateTimeOffset now) => SeenAt > now - LostAfter;

    /// <summary>How many jobs of this type it runs at once; 0 for none.</summary>
    public int WorkersOf(JobType jobType) => jobType switch
    {
        JobType.Scrape => ScrapeWorkers,
        JobType.Download => DownloadWorkers,
        JobType.Transform => TransformWorkers,
        JobType.Publish => PublishWorkers,
        _ => throw new ArgumentOutOfRangeException(nameof(jobType), jobType, "No such job type."),
    };
}
