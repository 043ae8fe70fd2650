namespace VideoPipeline.Notifications;

/// <summary>When a notification that wasn't taken is sent again.</summary>
internal static class NotificationBackoff
{
    private const int Factor = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>Null when it is given up. The last attempt is made when the time is over, however long the backoff has become.</summary>
    /// <remarks>
    /// Who asks for it again has it sent as soon and as often as a new one, while its attempts count on. So the wait is never
    /// longer than so many attempts since <paramref name="begun"/> could have taken: after n of them (4^n - 1) / 3 times the
    /// first wait is over, and the next is 4^n times as long.
    /// </remarks>
    /// <param name="attempts">So far.</param>
    /// <param name="begun">Since when it is tried.</param>
    /// <param name="first">The wait after the first.</param>
    /// <param name="wanted">How long the receiver wants to be left alone; null when it hasn't said.</param>
    public static DateTimeOffset? Next(int attempts, TimeSpan first, TimeSpan? wanted, DateTimeOffset begun, DateTimeOffset giveUpAt, DateTimeOffset now)
    {
        if (now >= giveUpAt)
        {
            return null;
        }

        var elapsed = now > begun ? now - begun : TimeSpan.Zero;
        var since = first.TotalSeconds + ((Factor - 1) * elapsed.TotalSeconds);
        var seconds = Math.Min(Longest.TotalSeconds, Math.Min(since, first.TotalSeconds * Math.Pow(Factor, attempts - 1)));
        var delay = TimeSpan.FromSeconds(Math.Max(seconds, Math.Min(wanted?.TotalSeconds ?? 0, Longest.TotalSeconds)));
        return giveUpAt - now < delay ? giveUpAt : now + delay;
    }
}
