namespace VideoPipeline.Stages.YouTube;

/// <summary>
/// The day by which Google counts quota: from midnight to midnight Pacific time, daylight saving included, so that one day a
/// year has 23 hours and one has 25.
/// </summary>
/// <seealso href="https://developers.google.com/youtube/v3/getting-started#quota"/>
public static class PacificDay
{
    private static readonly TimeZoneInfo Zone = FindZone();

    public static DateOnly Of(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Zone).DateTime);

    /// <summary>When this time's day began.</summary>
    public static DateTimeOffset BeginningOf(DateTimeOffset time) => MidnightOf(Of(time));

    /// <summary>When the day after this time's begins.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset time) => MidnightOf(Of(time).AddDays(1));

    private static DateTimeOffset MidnightOf(DateOnly day)
    {
        // The clocks change at 2:00, so midnight is never skipped or ambiguous.
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static TimeZoneInfo FindZone()
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone))
        {
            return zone;
        }

        // Small container images have no time zones. The rule that has held since 2007 (Energy Policy Act of 2005, section 110):
        // from the second Sunday of March to the first Sunday of November.
        var twoOClock = new DateTime(1, 1, 1, 2, 0, 0, DateTimeKind.Unspecified);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date,
            DateTime.MaxValue.Date,
            TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(twoOClock, 3, 2, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(twoOClock, 11, 1, DayOfWeek.Sunday));
        return TimeZoneInfo.CreateCustomTimeZone("Pacific", TimeSpan.FromHours(-8), "Pacific", "Pacific", "Pacific", [rule]);
    }
}
