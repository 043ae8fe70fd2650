using System.Globalization;

namespace VideoPipeline.Cli.Display;

/// <summary>Times and numbers for people.</summary>
internal static class Amounts
{
    /// <summary>The length of a video: <c>1:05</c>, <c>2:00:07</c>.</summary>
    public static string Clock(double? seconds) => seconds switch
    {
        null => "-",
        { } value when Rounded(value) is { TotalHours: >= 1 } time => $"{(long)time.TotalHours}:{time:mm\\:ss}",
        { } value => $"{Rounded(value):m\\:ss}",
    };

    /// <summary>How long something took or waits: <c>0.4 s</c>, <c>12 s</c>, <c>5:09</c>.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => "-",
        < 10 => $"{seconds:0.0} s",
        < 100 => $"{seconds:0} s",
        _ => Clock(seconds),
    };

    /// <summary>In the time zone of whoever looks at it.</summary>
    public static string Time(DateTimeOffset? time, TimeProvider clock) => time is { } value
        ? TimeZoneInfo.ConvertTime(value, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : "-";

    public static string Plural(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static TimeSpan Rounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(Math.Round(seconds), 0, 1e9));
}
