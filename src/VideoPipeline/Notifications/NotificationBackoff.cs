namespace VideoPipeline.Notifications;

/// <summary>When a notification that wasn't taken is sent again.</summary>
internal static class NotificationBackoff
{
    private const int Factor = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>Null when it is given up. The last attempt is made when the time is over, however long the backoff has become.</summary>
    /// <param name="attempts">So far.</param>
    /// <param name="first">The wait after the first.</param>
    /// <param name="wanted">How long the receiver wants to be left alone; null when it hasn't said.</param>
    public static DateTimeOffset? Next(int attempts, TimeSpan first, TimeSpan? wanted, DateTimeOffset giveUpAt, DateTimeOffset now)
    {
        if (now >= giveUpAt)
        {
            return null;
        }

        var seconds = Math.Min(Longest.TotalSeconds, first.TotalSeconds * Math.Pow(Factor, attempts - 1));
        var delay = TimeSpan.FromSeconds(Math.Max(seconds, Math.Min(wanted?.TotalSeconds ?? 0, Longest.TotalSeconds)));
        return giveUpAt - now < delay ? giveUpAt : now + delay;
    }
}
