using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VideoPipeline.Server.Pages;

/// <summary>Numbers and times for people. The script says times in the same words.</summary>
internal static class Readable
{
    private static readonly (double Seconds, string Name)[] Units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

    // What it makes is text in a page, where Razor escapes it.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Utc(DateTimeOffset at) => $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    /// <summary><c>12 min ago</c>, <c>in 3 h</c>, <c>now</c>.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = (now - at).TotalSeconds;
        return Math.Abs(seconds) < 1 ? "now" : seconds > 0 ? $"{Coarse(seconds)} ago" : $"in {Coarse(-seconds)}";
    }

    /// <summary>In its largest unit: <c>4 s</c>, <c>12 min</c>, <c>3 h</c>, <c>5 d</c>.</summary>
    public static string Coarse(double seconds)
    {
        var (unit, name) = Units.FirstOrDefault(unit => seconds >= unit.Seconds, Units[^1]);
        return $"{Math.Floor(seconds / unit):0} {name}";
    }

    /// <summary>In two units at most: <c>30 ms</c>, <c>3.2 s</c>, <c>2 min 5 s</c>, <c>1 h 20 min</c>. Never more than it is.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds * 1_000):0} ms");
        }

        if (seconds < 60)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds * 10) / 10:0.#} s");
        }

        var index = Array.FindIndex(Units, unit => seconds >= unit.Seconds);
        var (unit, name) = Units[index];
        var (lesser, nameOfLesser) = Units[index + 1];
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / unit):0} {name} {Math.Floor(seconds % unit / lesser):0} {nameOfLesser}");
    }

    /// <summary>Indented; as it is when it isn't JSON.</summary>
    public static string Json(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(json, Indented);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):0.0} MiB",
        >= 1L << 10 => $"{bytes / (double)(1L << 10):0} KiB",
        _ => $"{bytes} bytes",
    };
}
