namespace VideoPipeline.Stages.Media;

/// <summary>What a media file is, as far as decisions need it.</summary>
/// <param name="Container">ffprobe's name of the format: a list of all names of its demuxer, such as <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</param>
/// <param name="Duration">Null when the file doesn't say.</param>
/// <param name="StartTime">Of its first stream; files that were cut from longer ones needn't begin at zero.</param>
/// <param name="Video">The first one that isn't a cover picture; null when there is none.</param>
/// <param name="Audio">The first one; null when there is none.</param>
public sealed record MediaInfo(string Container, TimeSpan? Duration, TimeSpan StartTime, VideoTrack? Video, AudioTrack? Audio)
{
    /// <summary>Those of text, in the file's order; pictures of text (of DVDs, Blu-rays and television) are left out.</summary>
    public IReadOnlyList<SubtitleTrack> Subtitles { get; init; } = [];

    /// <summary>Of every kind, used or not.</summary>
    public int StreamCount { get; init; }
}

/// <param name="Index">Among all streams of the file.</param>
public sealed record SubtitleTrack(int Index, string Codec);

public sealed record VideoTrack
{
    /// <summary>Among all streams of the file.</summary>
    public int Index { get; init; }

    public required string Codec { get; init; }

    public string? Profile { get; init; }

    /// <summary>In stored pixels, before rotation.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Width of a pixel by its height; square when the file doesn't say.</summary>
    public Ratio SampleAspectRatio { get; init; } = Ratio.One;

    /// <summary>Degrees clockwise by which players turn the picture: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Frames per second over the whole stream (<c>avg_frame_rate</c>); null when unknown.</summary>
    public double? AverageFrameRate { get; init; }

    /// <summary>The lowest rate that all timestamps fit (<c>r_frame_rate</c>); null when unknown.</summary>
    public double? BaseFrameRate { get; init; }

    public string? PixelFormat { get; init; }

    /// <summary><c>progressive</c>, <c>unknown</c>, or one of the interlaced orders <c>tt</c>, <c>bb</c>, <c>tb</c>, <c>bt</c>.</summary>
    public string FieldOrder { get; init; } = "unknown";

    public int? BitDepth { get; init; }

    /// <summary>How stored values become light, as ffprobe calls it (<c>bt709</c>, <c>smpte2084</c>); null when the file doesn't say.</summary>
    public string? ColorTransfer { get; init; }

    public TimeSpan? Duration { get; init; }

    public TimeSpan? StartTime { get; init; }

    /// <summary>PQ or HLG (ITU-R BT.2100): on a screen that doesn't know them it looks grey.</summary>
    public bool IsHdr => ColorTransfer is "smpte2084" or "arib-std-b67";

    public bool IsInterlaced => FieldOrder is "tt" or "bb" or "tb" or "bt";

    public double? FrameRate => AverageFrameRate ?? BaseFrameRate;
}

public sealed record AudioTrack
{
    /// <summary>Among all streams of the file.</summary>
    public int Index { get; init; }

    public required string Codec { get; init; }

    public string? Profile { get; init; }

    public required int Channels { get; init; }

    /// <summary>In Hz.</summary>
    public required int SampleRate { get; init; }

    public TimeSpan? Duration { get; init; }

    public TimeSpan? StartTime { get; init; }
}

/// <summary>A fraction as media files have it, such as a sample aspect ratio of 16:15.</summary>
public readonly record struct Ratio(int Numerator, int Denominator)
{
    public static readonly Ratio One = new(1, 1);

    public double Value => (double)Numerator / Denominator;

    /// <summary>Null for what isn't a positive fraction: <c>N/A</c>, <c>0/0</c>, <c>0:1</c>.</summary>
    public static Ratio? Parse(string? text, char separator)
    {
        var parts = text?.Split(separator);
        return parts?.Length == 2 && int.TryParse(parts[0], out var numerator) && int.TryParse(parts[1], out var denominator)
            && numerator > 0 && denominator > 0
                ? new(numerator, denominator)
                : null;
    }
}
