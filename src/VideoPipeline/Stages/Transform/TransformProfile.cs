namespace VideoPipeline.Stages.Transform;

/// <summary>The shape that a channel's videos are brought into: H.264 and AAC in an MP4 file with its index in front.</summary>
public sealed record TransformProfile
{
    public required string Name { get; init; }

    /// <summary>In pixels, of landscape videos; portrait ones may have as much of it in height.</summary>
    public required int MaxLongSide { get; init; }

    public required int MaxShortSide { get; init; }

    /// <summary>Frames per second.</summary>
    public required double MaxFrameRate { get; init; }

    /// <summary>x264's constant rate factor: 0 (lossless) to 51.</summary>
    public required int Crf { get; init; }

    /// <summary>x264's trade of time for size.</summary>
    public required string Preset { get; init; }

    /// <summary>Bits per second.</summary>
    public required int AudioBitRate { get; init; }

    /// <summary>In Hz, of audio that is encoded.</summary>
    public required int SampleRate { get; init; }

    public required int MaxChannels { get; init; }

    /// <summary>Integrated loudness in LUFS (EBU R 128, ITU-R BS.1770).</summary>
    public required double Loudness { get; init; }

    /// <summary>How far loudness may be off before the audio is touched, in LU.</summary>
    public required double LoudnessTolerance { get; init; }

    /// <summary>In dBTP.</summary>
    public required double MaxTruePeak { get; init; }

    /// <summary>In pixels.</summary>
    public required int ThumbnailWidth { get; init; }
}

/// <summary>The profiles that channels can name.</summary>
public static class TransformProfiles
{
    /// <summary>
    /// What YouTube takes without remarks: https://support.google.com/youtube/answer/1722171. It plays at -14 LUFS.
    /// </summary>
    private static readonly TransformProfile YouTube1080P = new()
    {
        Name = "youtube-1080p",
        MaxLongSide = 1920,
        MaxShortSide = 1080,
        MaxFrameRate = 60,
        Crf = 20,

        // The destination encodes once more anyway. At equal crf the slower presets give mostly smaller files, which are
        // uploaded once, for several times the processor time, of which a small server has least.
        Preset = "veryfast",
        AudioBitRate = 192_000,
        SampleRate = 48_000,
        MaxChannels = 2,
        Loudness = -14,
        LoudnessTolerance = 1,
        MaxTruePeak = -1.5,
        ThumbnailWidth = 1280,
    };

    private static readonly Dictionary<string, TransformProfile> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        [YouTube1080P.Name] = YouTube1080P,
        ["default"] = YouTube1080P,
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Null when there is none of this name.</summary>
    public static TransformProfile? Find(string name) => ByName.GetValueOrDefault(name);
}
