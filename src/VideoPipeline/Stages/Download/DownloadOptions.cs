using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Download;

/// <summary>Settings <c>VideoPipeline:Download</c>.</summary>
public sealed class DownloadOptions
{
    public const long Gigabyte = 1_000_000_000;

    /// <summary>Larger files are refused. In bytes.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxSizeBytes { get; set; } = 100 * Gigabyte;

    /// <summary>What must be left of the disk once a file is on it; else the download waits. In bytes.</summary>
    [Range(0L, long.MaxValue / 2)]
    public long MinimumFreeBytes { get; set; } = Gigabyte;

    /// <summary>How long a server may say nothing, before its answer or in the middle of it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A server that sends less, on average over <see cref="IdleTimeout"/>, counts as silent. In bytes per second.</summary>
    [Range(0, 1_000_000_000)]
    public int MinimumSpeed { get; set; } = 1_000;
}
