namespace VideoPipeline.Nodes;

/// <summary>A running process of the service. Its row says what it runs and when it was last heard of.</summary>
public sealed class Node
{
    /// <summary>Of this start of the process: a restart is another node.</summary>
    public Guid Id { get; set; }

    /// <summary><c>host:process</c>, the beginning of <see cref="Jobs.VideoProcessingJob.Worker"/> of the jobs it runs.</summary>
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
}
