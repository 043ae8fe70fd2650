using System.Globalization;

namespace VideoPipeline.Server.Dashboard;

/// <summary>Durations as people read them: two units at most.</summary>
internal static class Durations
{
    public static string Of(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration.TotalMilliseconds):0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration.TotalSeconds * 10) / 10:0.#} s"),
        { TotalHours: < 1 } => $"{duration.Minutes} min {duration.Seconds} s",
        { TotalDays: < 1 } => $"{duration.Hours} h {duration.Minutes} min",
        _ => $"{duration.Days} d {duration.Hours} h",
    };

    /// <param name="seconds">0 means that there is nothing to tell.</param>
    public static string OfSeconds(double seconds) => seconds > 0 ? Of(TimeSpan.FromSeconds(seconds)) : "-";
}
