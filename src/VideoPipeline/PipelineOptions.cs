using System.ComponentModel.DataAnnotations;

namespace VideoPipeline;

/// <summary>Settings <c>VideoPipeline</c> that belong to no single part.</summary>
public sealed class PipelineOptions
{
    public const string Section = "VideoPipeline";

    /// <summary>Where everything is kept: <c>pipeline.db</c>, <c>artifacts/</c>, <c>work/</c>, <c>published/</c>. Relative to the working directory.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";
}

/// <summary>Settings <c>VideoPipeline:Workers</c>: how many jobs of each type run at once here; 0 for none.</summary>
public sealed class WorkerOptions
{
    public const int Most = 64;

    [Range(0, Most)]
    public int Scrape { get; set; } = 1;

    [Range(0, Most)]
    public int Download { get; set; } = 2;

    /// <summary>ffmpeg uses several cores by itself.</summary>
    [Range(0, Most)]
    public int Transform { get; set; } = Math.Max(1, Environment.ProcessorCount / 4);

    [Range(0, Most)]
    public int Publish { get; set; } = 2;

    public int Of(Jobs.JobType jobType) => jobType switch
    {
        Jobs.JobType.Scrape => Scrape,
        Jobs.JobType.Download => Download,
        Jobs.JobType.Transform => Transform,
        Jobs.JobType.Publish => Publish,
        _ => throw new ArgumentOutOfRangeException(nameof(jobType), jobType, "No such job type."),
    };
}
