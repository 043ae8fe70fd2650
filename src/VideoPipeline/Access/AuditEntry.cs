namespace VideoPipeline.Access;

/// <summary>Something that an operator did.</summary>
public sealed class AuditEntry
{
    public const int MaxActionLength = 40;

    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary><see cref="Access.Actor.Name"/></summary>
    public required string Actor { get; set; }

    /// <summary>One of <see cref="AuditAction"/>.</summary>
    public required string Action { get; set; }

    /// <summary>How many jobs it was done to.</summary>
    public int JobCount { get; set; }

    /// <summary>Which: a JSON array, of the first <see cref="AuditLog.MaxJobIds"/> at most; null when none.</summary>
    public string? JobIds { get; set; }

    public long? ChannelId { get; set; }

    public long? VideoId { get; set; }

    /// <summary>What else is worth knowing, as a JSON object; null when nothing.</summary>
    public string? Details { get; set; }

    /// <summary>The network address that the request came from; null when there was none.</summary>
    public string? Address { get; set; }
}
