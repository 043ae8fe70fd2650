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

    /// <summary>Which of these holds up this type; null when none does. What was said of the type in particular tells more than what was said of all.</summary>
    public static QueuePause? Of(JobType jobType, IReadOnlyList<QueuePause> pauses) =>
        pauses.FirstOrDefault(pause => pause.Scope == jobType.Name()) ?? pauses.FirstOrDefault(pause => pause.Scope == All);
}
