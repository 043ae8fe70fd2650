using System.Globalization;
using System.Text.Json;
using FFMpegCore;

namespace VideoPipeline.Stages.Media;

/// <summary>
/// Reads what <c>ffprobe -of json -show_format -show_streams</c> writes, through FFMpegCore's model of it. Not through its
/// analysis on top of that model: that has no times below a millisecond and can't tell an unknown ratio from a zero.
/// </summary>
internal static class ProbeOutput
{
    private static readonly string[] TextSubtitles = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];

    /// <exception cref="JsonException">That is no output of ffprobe.</exception>
    public static MediaInfo Parse(string json)
    {
        var output = JsonSerializer.Deserialize<FFProbeAnalysis>(json);
        if (output?.Format?.FormatName is not { } container)
        {
            throw new JsonException("ffprobe's output names no format.");
        }

        // Raw AAC has no length anywhere. ffprobe makes one of the size and the first frames, which can be ten times too long.
        var isGuess = container == "aac";
        var video = output.Streams?.FirstOrDefault(stream => stream is { CodecType: "video", Width: > 0, Height: > 0 } && !IsPicture(stream));
        var audio = output.Streams?.FirstOrDefault(stream => stream is { CodecType: "audio", Channels: > 0 });
        return new(
            container,
            isGuess ? null : Seconds(output.Format.Duration) ?? Longest(Seconds(video?.Duration), Seconds(audio?.Duration)),
            Seconds(output.Format.StartTime) ?? TimeSpan.Zero,
            video is null ? null : VideoOf(video),
            audio is null ? null : isGuess ? AudioOf(audio) with { Duration = null } : AudioOf(audio))
        {
            Subtitles =
            [
                .. (output.Streams ?? []).Where(stream => stream is { CodecType: "subtitle", CodecName: not null } && TextSubtitles.Contains(stream.CodecName))
                    .Select(stream => new SubtitleTrack(stream.Index, stream.CodecName!)),
            ],
            StreamCount = output.Streams?.Count ?? 0,
        };
    }

    private static VideoTrack VideoOf(FFProbeStream stream) => new()
    {
        Index = stream.Index,
        Codec = stream.CodecName ?? "unknown",
        Profile = stream.Profile,
        Width = stream.Width!.Value,
        Height = stream.Height!.Value,
        SampleAspectRatio = Ratio.Parse(stream.SampleAspectRatio, ':') ?? Ratio.One,
        Rotation = RotationOf(stream),
        AverageFrameRate = Ratio.Parse(stream.AvgFrameRate, '/')?.Value,
        BaseFrameRate = Ratio.Parse(stream.FrameRate, '/')?.Value,
        PixelFormat = stream.PixelFormat,
        FieldOrder = stream.FieldOrder ?? "unknown",
        BitDepth = int.TryParse(stream.BitsPerRawSample, out var bits) && bits > 0 ? bits : null,
        ColorTransfer = stream.ColorTransfer,
        Duration = Seconds(stream.Duration),
        StartTime = Seconds(stream.StartTime),
    };

    private static AudioTrack AudioOf(FFProbeStream stream) => new()
    {
        Index = stream.Index,
        Codec = stream.CodecName ?? "unknown",
        Profile = stream.Profile,
        Channels = stream.Channels ?? 0,
        SampleRate = int.TryParse(stream.SampleRate, out var rate) ? rate : 0,
        Duration = Seconds(stream.Duration),
        StartTime = Seconds(stream.StartTime),
    };

    /// <summary>Covers and previews come as video streams of one frame.</summary>
    private static bool IsPicture(FFProbeStream stream) =>
        stream.Disposition is { } disposition && (disposition.GetValueOrDefault("attached_pic") != 0 || disposition.GetValueOrDefault("timed_thumbnails") != 0);

    /// <summary>The display matrix says degrees counter-clockwise, the older tag clockwise.</summary>
    private static int RotationOf(FFProbeStream stream)
    {
        var degrees = 0.0;
        var matrix = stream.SideData?.FirstOrDefault(data => data.ContainsKey("rotation"));
        if (matrix is not null && matrix["rotation"].TryGetValue<double>(out var counterClockwise))
        {
            degrees = -counterClockwise;
        }
        else if (double.TryParse(stream.Tags?.GetValueOrDefault("rotate"), CultureInfo.InvariantCulture, out var clockwise))
        {
            degrees = clockwise;
        }

        var quarters = (int)Math.Round(degrees / 90) % 4;
        return (quarters + 4) % 4 * 90;
    }

    private static TimeSpan? Seconds(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static TimeSpan? Longest(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;
}
