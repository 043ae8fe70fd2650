using System.Globalization;

namespace VideoPipeline.Stages.Transform;

/// <summary>Loudness as EBU R 128 measures it.</summary>
/// <param name="Integrated">In LUFS, over the whole programme.</param>
/// <param name="TruePeak">In dBTP.</param>
/// <param name="Range">In LU.</param>
/// <param name="Threshold">Of the relative gate, in LUFS.</param>
public sealed record Loudness(double Integrated, double TruePeak, double Range, double Threshold)
{
    // The absolute gate of BS.1770: quieter blocks don't count, so silence, and sound shorter than a block, measure as this.
    private const double Gate = -70;

    /// <summary>Nothing to normalise: no gain makes silence louder.</summary>
    public bool IsSilent => Integrated <= Gate;

    /// <summary>Reads the summary that ffmpeg's <c>ebur128</c> filter writes at its end.</summary>
    /// <returns>Null when there is none: the stream had no sound to measure.</returns>
    public static Loudness? Parse(IReadOnlyList<string> lines)
    {
        double? integrated = null, range = null, threshold = null, peak = null;
        foreach (var line in lines)
        {
            var separator = line.IndexOf(':', StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            var number = line.AsSpan(separator + 1).Trim();
            var end = number.IndexOf(' ');
            var value = Number(end < 0 ? number : number[..end]);
            switch (line[..separator].Trim())
            {
                case "I":
                    integrated = value;
                    break;
                case "Threshold":
                    // The first is the programme's, the second the range's.
                    threshold ??= value;
                    break;
                case "LRA":
                    range = value;
                    break;
                case "Peak":
                    peak = value;
                    break;
                default:
                    break;
            }
        }

        return integrated is null || double.IsNaN(integrated.Value)
            ? null
            : new(integrated.Value, peak ?? double.NegativeInfinity, range ?? 0, threshold ?? Gate);
    }

    private static double? Number(ReadOnlySpan<char> text) => text switch
    {
        "-inf" => double.NegativeInfinity,
        "inf" => double.PositiveInfinity,
        _ => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
    };
}
