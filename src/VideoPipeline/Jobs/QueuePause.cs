namespace VideoPipeline.Jobs;

/// <summary>While this row exists (and <see cref="Until"/> hasn't come), no job of its scope starts.</summary>
public sealed class QueuePause
{
    /// <summary>The <see cref="Scope"/> that means all job types.</summary>
    public const string All = "all";

    /// <summary>A job type's name, or <see cref="All"/>.</summary>
    public required string Scope { get; set; }

    public string? Reason { get; set; }

    /// <summary>Who paused it.</summary>
    public string? PausedBy { get; set; }

    public DateTimeOffset PausedAt { get; set; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Until { get; set; }
}
