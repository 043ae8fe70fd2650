using System.Globalization;

namespace VideoPipeline.Stages.Media;

/// <param name="Position">How much media has been written.</param>
/// <param name="Speed">Seconds of media per second; null before ffmpeg knows.</param>
public readonly record struct FfmpegProgress(TimeSpan Position, double? Speed)
{
    /// <summary>Percent of a run over media of this length, and the time to go at the present speed.</summary>
    public StageProgress Of(TimeSpan? duration)
    {
        if (duration is not { Ticks: > 0 } whole)
        {
            return new(0, Speed);
        }

        var left = whole - Position;
        return new(
            Math.Clamp(Position / whole * 100, 0, 100),
            Speed,
            Speed > 0 && left > TimeSpan.Zero ? left / Speed.Value : null);
    }
}

/// <summary>Reads what <c>ffmpeg -progress</c> writes: blocks of <c>key=value</c> lines, each ended by <c>progress=</c>.</summary>
internal sealed class FfmpegProgressReader
{
    private TimeSpan _position;
    private double? _speed;

    /// <returns>The state at the end of a block, else null.</returns>
    public FfmpegProgress? Read(string line)
    {
        var separator = line.IndexOf('=', StringComparison.Ordinal);
        if (separator < 0)
        {
            return null;
        }

        var value = line.AsSpan(separator + 1).Trim();
        switch (line[..separator])
        {
            // Microseconds both, whatever the second is called (fftools/ffmpeg.c, print_report); older versions have only it.
            case "out_time_us" or "out_time_ms" when long.TryParse(value, CultureInfo.InvariantCulture, out var microseconds):
                // Negative before the first frame; N/A after a run that wrote none.
                _position = TimeSpan.FromMicroseconds(Math.Max(0, microseconds));
                return null;
            case "speed":
                _speed = double.TryParse(value.TrimEnd('x'), CultureInfo.InvariantCulture, out var speed) ? speed : null;
                return null;
            case "progress":
                return new(_position, _speed);
            default:
                return null;
        }
    }
}
