using System.Globalization;

namespace VideoPipeline.Stages.Transform;

/// <summary>Structural similarity (SSIM) of what came out to what the encoder was given: 1 is the same.</summary>
internal static class Similarity
{
    /// <summary>Reads the summary that ffmpeg's <c>ssim</c> filter writes at its end: <c>SSIM Y:0.98 (18.1) U:... All:0.984 (18.3)</c>.</summary>
    /// <returns>Null when there is none: no frame was compared.</returns>
    public static double? Parse(IReadOnlyList<string> lines)
    {
        const string Label = " All:";
        var line = lines.LastOrDefault(line => line.Contains("SSIM", StringComparison.Ordinal) && line.Contains(Label, StringComparison.Ordinal));
        if (line is null)
        {
            return null;
        }

        var number = line.AsSpan(line.IndexOf(Label, StringComparison.Ordinal) + Label.Length);
        var end = number.IndexOf(' ');
        return double.TryParse(end < 0 ? number : number[..end], CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
    }
}
