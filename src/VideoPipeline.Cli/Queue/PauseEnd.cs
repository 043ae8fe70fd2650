using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoPipeline.Cli.Queue;

/// <summary>When a pause ends, as people write it.</summary>
internal static partial class PauseEnd
{
    /// <param name="zone">Of a time without an offset.</param>
    /// <returns>Null when it is no time.</returns>
    public static DateTimeOffset? OfTime(string text, TimeZoneInfo zone)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
        {
            return null;
        }

        return time.Kind switch
        {
            DateTimeKind.Unspecified => new DateTimeOffset(time, zone.GetUtcOffset(time)),
            _ => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        };
    }

    /// <returns>Null when it is no duration.</returns>
    public static TimeSpan? OfDuration(string text)
    {
        var match = Duration().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var total = TimeSpan.FromDays(Part("d")) + TimeSpan.FromHours(Part("h")) + TimeSpan.FromMinutes(Part("m")) + TimeSpan.FromSeconds(Part("s"));
        return total > TimeSpan.Zero ? total : null;

        int Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex("^(?:(?<d>[0-9]{1,4})d)?(?:(?<h>[0-9]{1,4})h)?(?:(?<m>[0-9]{1,5})m)?(?:(?<s>[0-9]{1,6})s)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Duration();
}
