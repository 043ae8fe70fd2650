using VideoPipeline.Jobs;

namespace VideoPipeline.Events;

/// <summary>Something that a listener is told.</summary>
/// <param name="Cursor">Whoever has been told this, and goes on from here, misses nothing.</param>
public abstract record FeedEvent(FeedCursor Cursor);

/// <summary>A job was added or has changed: its row as it is now.</summary>
/// <param name="VideoTitle">Null for a scrape.</param>
public sealed record JobChanged(FeedCursor Cursor, VideoProcessingJob Job, string? VideoTitle) : FeedEvent(Cursor);

/// <summary>What is paused now.</summary>
public sealed record PausesChanged(FeedCursor Cursor, IReadOnlyList<QueuePause> Pauses) : FeedEvent(Cursor);

/// <summary>There is more to tell than is worth telling one by one, or a cursor was of no use: read again what is shown.</summary>
public sealed record FeedReset(FeedCursor Cursor, string Reason) : FeedEvent(Cursor);
