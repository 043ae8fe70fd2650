using System.Globalization;
using System.Text;

namespace VideoPipeline.Server.Pages.Statistics;

/// <summary>One of the things that a chart shows: a value for each part of the time, null where there is none.</summary>
/// <param name="Style">The class that gives it its colour.</param>
public sealed record ChartSeries(string Name, string Style, IReadOnlyList<double?> Values);

/// <summary>Where the values of a chart come to lie in its picture. Computes only.</summary>
internal static class ChartShape
{
    public const double Width = 720;
    public const double Height = 180;
    public const double Left = 64;
    public const double Top = 10;
    public const double Bottom = 156;

    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>The end of the scale: a round number that no value exceeds.</summary>
    public static double Ceiling(double largest)
    {
        if (!(largest > 0))
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(largest)));
        return Steps.First(step => step * power >= largest * 0.999999) * power;
    }

    public static double X(double index, int count) => Left + (index * (Width - Left) / Math.Max(1, count));

    public static double Y(double value, double ceiling) => Bottom - (Math.Min(value, ceiling) / ceiling * (Bottom - Top));

    /// <summary>The bar of one part of the time, on top of what lies below it.</summary>
    public static string Bar(int index, int count, double below, double value, double ceiling)
    {
        var slot = (Width - Left) / Math.Max(1, count);
        var gap = Math.Min(2, slot * 0.2);
        var top = Y(below + value, ceiling);
        return $"M{Number(X(index, count) + gap)} {Number(Y(below, ceiling))}V{Number(top)}h{Number(slot - (2 * gap))}V{Number(Y(below, ceiling))}z";
    }

    /// <summary>A line through the values, in the middle of their parts of the time, broken where there is none.</summary>
    public static string Line(IReadOnlyList<double?> values, double ceiling)
    {
        var path = new StringBuilder();
        for (var n = 0; n < values.Count; n++)
        {
            if (values[n] is { } value && !IsAlone(n, values))
            {
                path.Append(n > 0 && values[n - 1] is not null ? 'L' : 'M').Append(Point(n, value, values.Count, ceiling));
            }
        }

        return path.ToString();
    }

    /// <summary>The values between two gaps, where no line goes: each a line without length, which its round ends make a dot.</summary>
    public static string Dots(IReadOnlyList<double?> values, double ceiling)
    {
        var path = new StringBuilder();
        for (var n = 0; n < values.Count; n++)
        {
            if (values[n] is { } value && IsAlone(n, values))
            {
                path.Append('M').Append(Point(n, value, values.Count, ceiling)).Append("h0");
            }
        }

        return path.ToString();
    }

    private static bool IsAlone(int n, IReadOnlyList<double?> values) =>
        (n == 0 || values[n - 1] is null) && (n + 1 == values.Count || values[n + 1] is null);

    private static string Point(int n, double value, int count, double ceiling) => $"{Number(X(n + 0.5, count))} {Number(Y(value, ceiling))}";

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
