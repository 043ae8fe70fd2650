using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.Scrape;

/// <summary>Settings <c>VideoPipeline:Sources</c>.</summary>
public sealed class SourceOptions
{
    /// <summary>How long a source is left alone after its first refusal when it names no time; doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PauseDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>No pause is longer, unless the source names a time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxPauseDelay { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a feed may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FeedTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Larger feeds are refused. In bytes.</summary>
    [Range(1_000, 1_000_000_000)]
    public int MaxFeedBytes { get; set; } = 10_000_000;
}
