namespace VideoPipeline.Catalog;

/// <summary>
/// What a channel's source has said: that it wants to be left alone for a while, and by which tags it knows its listing
/// again. One row per channel, made when there is something to keep; apart from the channel, which its operator writes.
/// </summary>
public sealed class SourceState
{
    public long ChannelId { get; set; }

    /// <summary>Nothing is asked of the source before; null, or over, when it may be asked.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>For people: what the source said.</summary>
    public string? PauseReason { get; set; }

    /// <summary>How often in a row it has refused: each time the pause gets longer.</summary>
    public int Refusals { get; set; }

    /// <summary>Of the listing that was read last, as the server sent it.</summary>
    public string? ETag { get; set; }

    /// <summary>Of the listing that was read last, as the server sent it.</summary>
    public string? LastModified { get; set; }

    /// <summary>
    /// <see cref="Channel.UpdatedAt"/> of the channel that the listing was read for. Once the channel has changed, its filters
    /// may want what they left out before: then the whole listing is asked for.
    /// </summary>
    public DateTimeOffset? ListedFor { get; set; }
}
