using System.ComponentModel.DataAnnotations;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

public enum OutputContainer
{
    /// <summary>With its index in front, so that it plays while it is still being loaded.</summary>
    Mp4,

    Mkv,

    /// <summary>The sound alone, as AAC in MP4.</summary>
    M4a,

    /// <summary>The source file as it came, byte by byte: what else the profile says of picture and sound doesn't apply.</summary>
    Source,
}

public enum VideoCodec
{
    H264,
    H265,
}

public enum AudioCodec
{
    /// <summary>AAC-LC.</summary>
    Aac,

    Opus,
}

/// <summary>What is done to a picture that hasn't the profile's aspect.</summary>
public enum Framing
{
    /// <summary>Black bars.</summary>
    Pad,

    /// <summary>What is too much is cut off at both sides alike.</summary>
    Crop,

    /// <summary>Bars that show the picture itself, large and blurred.</summary>
    Blur,
}

public enum SubtitleTreatment
{
    Drop,

    /// <summary>Tracks of text stay tracks, in the format that the container has for them.</summary>
    Keep,

    /// <summary>The first track of text is drawn into the picture.</summary>
    Burn,
}

/// <summary>
/// The shape that a channel's videos are brought into. Settings <c>VideoPipeline:Profiles:{name}</c> give those that differ
/// from the profile that it extends.
/// </summary>
public sealed record TransformProfile : IValidatableObject
{
    public required string Name { get; init; }

    [EnumDataType(typeof(OutputContainer))]
    public OutputContainer Container { get; init; }

    [EnumDataType(typeof(VideoCodec))]
    public VideoCodec VideoCodec { get; init; }

    /// <summary>In pixels, of landscape videos; portrait ones may have as much of it in height.</summary>
    [Range(16, 8192)]
    public required int MaxLongSide { get; init; }

    [Range(16, 8192)]
    public required int MaxShortSide { get; init; }

    /// <summary>Frames per second.</summary>
    [Range(1d, 240d)]
    public required double MaxFrameRate { get; init; }

    /// <summary>As ffmpeg calls them: 4:2:0 with 8 or 10 bits.</summary>
    [AllowedValues("yuv420p", "yuv420p10le")]
    public string PixelFormat { get; init; } = "yuv420p";

    /// <summary>Width to height, such as <c>9:16</c>; empty for the source's own.</summary>
    public string Aspect { get; init; } = "";

    [EnumDataType(typeof(Framing))]
    public Framing Framing { get; init; }

    /// <summary>The encoder's constant rate factor: 0 (lossless, or nearly) to 51.</summary>
    [Range(0, 51)]
    public required int Crf { get; init; }

    /// <summary>The encoder's trade of time for size.</summary>
    [AllowedValues("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")]
    public required string Preset { get; init; }

    [EnumDataType(typeof(AudioCodec))]
    public AudioCodec AudioCodec { get; init; }

    /// <summary>Bits per second.</summary>
    [Range(16_000, 512_000)]
    public required int AudioBitRate { get; init; }

    /// <summary>In Hz, of audio that is encoded.</summary>
    [AllowedValues(44_100, 48_000)]
    public required int SampleRate { get; init; }

    /// <summary>Mono, stereo or 5.1; what has more is mixed down.</summary>
    [AllowedValues(1, 2, 6)]
    public required int MaxChannels { get; init; }

    /// <summary>Integrated loudness in LUFS (EBU R 128, ITU-R BS.1770); null to leave it as it is.</summary>
    [Range(-40d, -5d)]
    public required double? Loudness { get; init; }

    /// <summary>How far loudness may be off before the audio is touched, in LU.</summary>
    [Range(0.5, 20)]
    public required double LoudnessTolerance { get; init; }

    /// <summary>In dBTP.</summary>
    [Range(-9d, 0d)]
    public required double MaxTruePeak { get; init; }

    /// <summary>Whether a picture is taken from the video.</summary>
    public bool Thumbnail { get; init; } = true;

    /// <summary>In pixels; never larger than the video.</summary>
    [Range(16, 3840)]
    public required int ThumbnailWidth { get; init; }

    /// <summary>Whether all of the output is decoded before it is taken, which takes a good part of the time that encoding takes.</summary>
    public bool FullDecode { get; init; }

    /// <summary>What is cut off.</summary>
    public Trim Trim { get; init; } = new();

    public Fade Fade { get; init; } = new();

    public Watermark Watermark { get; init; } = new();

    /// <summary>A file that is put before every video, brought into the same shape; empty for none.</summary>
    public string Intro { get; init; } = "";

    /// <summary>A file that is put after every video, as <see cref="Intro"/>.</summary>
    public string Outro { get; init; } = "";

    [EnumDataType(typeof(SubtitleTreatment))]
    public SubtitleTreatment Subtitles { get; init; }

    [EnumDataType(typeof(EncoderChoice))]
    public EncoderChoice Encoder { get; init; }

    /// <summary>How similar an encoded picture must at least be to what the encoder was given (SSIM, 1 is the same); null to not compare.</summary>
    [Range(0.5, 1)]
    public double? MinSsim { get; init; }

    /// <summary>Whether the output shows something, so that a source without a picture is of no use.</summary>
    public bool NeedsVideo => Container is OutputContainer.Mp4 or OutputContainer.Mkv;

    /// <summary>Null for the source's own.</summary>
    internal Ratio? AspectRatio => Ratio.Parse(Aspect, ':');

    /// <summary>The short side, in pixels, of the largest rendition that is of use; null for as large as there is.</summary>
    internal int? FetchedShortSide => Container == OutputContainer.Source ? null : MaxShortSide;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Aspect.Length > 0 && AspectRatio is not { Value: >= 0.25 and <= 4 })
        {
            yield return new($"must be width:height from 1:4 to 4:1, such as 9:16, or empty, but is '{Aspect}'.", [nameof(Aspect)]);
        }

        if (MaxShortSide > MaxLongSide)
        {
            yield return new($"must be at most MaxLongSide, {MaxLongSide}, but is '{MaxShortSide}'.", [nameof(MaxShortSide)]);
        }

        if (PixelFormat == "yuv420p10le" && VideoCodec == VideoCodec.H264)
        {
            yield return new("must be yuv420p for the VideoCodec H264, which hardly a player takes with 10 bits.", [nameof(PixelFormat)]);
        }

        if (Container == OutputContainer.Source)
        {
            foreach (var (name, isSet) in Edits().Where(edit => edit.IsSet))
            {
                yield return new("must not be set for the container Source, which takes the file as it came.", [name]);
            }
        }

        if (AudioCodec == AudioCodec.Opus)
        {
            if (Container == OutputContainer.M4a)
            {
                yield return new("must be Aac for the container M4a, but is 'Opus'.", [nameof(AudioCodec)]);
            }

            if (SampleRate != 48_000)
            {
                yield return new($"must be 48000 for the AudioCodec Opus, but is '{SampleRate}'.", [nameof(SampleRate)]);
            }

            if (MaxChannels > 2)
            {
                yield return new($"must be 1 or 2 for the AudioCodec Opus, but is '{MaxChannels}'.", [nameof(MaxChannels)]);
            }
        }
    }

    private (string Name, bool IsSet)[] Edits() =>
    [
        (nameof(Trim), !Trim.IsNone),
        (nameof(Fade), Fade.TouchesPicture || Fade.TouchesSound),
        (nameof(Watermark), !Watermark.IsNone),
        (nameof(Intro), Intro.Length > 0),
        (nameof(Outro), Outro.Length > 0),
        (nameof(Subtitles), Subtitles != SubtitleTreatment.Drop),
        (nameof(MinSsim), MinSsim is not null),
    ];
}
