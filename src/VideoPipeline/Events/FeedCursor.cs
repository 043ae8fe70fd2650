using System.Globalization;

namespace VideoPipeline.Events;

/// <summary>
/// How far a listener has been told: a time, so that every node, and this one after a restart, can go on from another's.
/// What was committed by then, give or take <see cref="ChangeFeed.Overlap"/>, has been told or is about to be told once more.
/// </summary>
public readonly record struct FeedCursor(DateTimeOffset At)
{
    /// <summary>Nobody who was away for longer is told what has changed meanwhile.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromHours(1);

    /// <summary>Null when it is no cursor, one of the far future, or too old.</summary>
    public static FeedCursor? Parse(string text, DateTimeOffset now) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
        && microseconds <= Microseconds(now + ChangeFeed.Overlap) && microseconds >= Microseconds(now - Oldest)
            ? new(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds))
            : null;

    public override string ToString() => Microseconds(At).ToString(CultureInfo.InvariantCulture);

    private static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
