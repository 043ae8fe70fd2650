using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

public enum StreamTreatment
{
    /// <summary>The output has none: the source hasn't, or the profile wants none.</summary>
    None,

    /// <summary>Taken over bit by bit: it already is as the profile wants it.</summary>
    Copied,

    Encoded,
}

/// <summary>What becomes of the streams of one source file.</summary>
/// <param name="Size">Of the output's picture; zero without.</param>
/// <param name="Filters">For ffmpeg, in order; empty when the video is copied.</param>
/// <param name="AudioFilters">As <paramref name="Filters"/>.</param>
public sealed record TransformPlan(
    StreamTreatment Video, StreamTreatment Audio, PictureSize Size, IReadOnlyList<string> Filters, IReadOnlyList<string> AudioFilters)
{
    /// <summary>The number of ffmpeg's input that is the watermark.</summary>
    internal const int WatermarkInput = 1;

    // 60 fps files average a little above 60 when their last frame is short.
    private const double FrameRateTolerance = 0.1;

    // Formats whose packets carry presentation times. AVI has none, so H.264 with B-frames copied from it stutters.
    private static readonly string[] TimedContainers = ["mov", "matroska", "flv", "mpegts"];

    // 8-bit 4:2:0 profiles of H.264, which every player has; High 10, 4:2:2 and 4:4:4 are others.
    private static readonly string[] H264Profiles = ["Constrained Baseline", "Baseline", "Main", "High", "Constrained High"];

    /// <summary>Tracks of text that stay, as such.</summary>
    public IReadOnlyList<SubtitleTrack> Subtitles { get; init; } = [];

    /// <summary>Whether the filters lay an image over the picture, which is the input after the source.</summary>
    public bool HasWatermark { get; init; }

    /// <param name="loudness">Of the source's audio; null when it has none or none that can be measured.</param>
    /// <param name="copy">False to encode everything, whatever conforms: when copying gave a file that isn't as planned.</param>
    /// <param name="normalisation">Null for the one that follows from the loudness.</param>
    /// <param name="edits">Null for none. They are made by encoding exactly the streams that they touch.</param>
    public static TransformPlan Of(
        MediaInfo source,
        Loudness? loudness,
        TransformProfile profile,
        bool copy = true,
        Normalisation? normalisation = null,
        TransformEdits? edits = null)
    {
        edits ??= TransformEdits.None;
        if (profile.Container == OutputContainer.Source)
        {
            var present = source.Video is null ? default : new PictureSize(source.Video.Width, source.Video.Height);
            return new(TreatmentAsIs(source.Video), TreatmentAsIs(source.Audio), present, [], []);
        }

        var track = profile.NeedsVideo ? source.Video : null;
        var frame = track is null ? default : PictureFrame.Of(track, profile);
        var copyable = copy && TimedContainers.Any(source.Is);
        var video = track switch
        {
            null => StreamTreatment.None,
            { } seen when copyable && !edits.TouchesPicture && Conforms(seen, frame, profile) => StreamTreatment.Copied,
            _ => StreamTreatment.Encoded,
        };
        var audio = source.Audio switch
        {
            null when edits.Intro?.Media.Audio is null && edits.Outro?.Media.Audio is null => StreamTreatment.None,
            { } heard when copyable && !edits.TouchesSound && Conforms(heard, loudness, profile) => StreamTreatment.Copied,
            _ => StreamTreatment.Encoded,
        };
        return new(
            video,
            audio,
            frame.Size,
            video == StreamTreatment.Encoded ? FiltersFor(track!, frame, profile, edits) : [],
            audio == StreamTreatment.Encoded && source.Audio is not null
                ? AudioFiltersFor(source.Audio, normalisation ?? Normalisation.Of(loudness, profile), profile, edits)
                : [])
        {
            Subtitles = profile.NeedsVideo && profile.Subtitles == SubtitleTreatment.Keep ? source.Subtitles : [],
            HasWatermark = video == StreamTreatment.Encoded && edits.Watermark is not null,
        };
    }

    /// <summary>What brings an intro or outro into the shape of the output.</summary>
    public static IReadOnlyList<string> ClipFilters(VideoTrack track, PictureSize size, TransformProfile profile, string label)
    {
        IEnumerable<string> deinterlaced = track.IsInterlaced ? ["bwdif=mode=send_frame"] : [];
        IEnumerable<string> toneMapping = track.IsHdr ? ToneMapping(track) : [];
        return [.. deinterlaced, .. toneMapping, .. PictureFrame.Into(track, size, profile.Framing).FiltersFor(profile, label), .. Finish(profile)];
    }

    /// <summary>See <see cref="ClipFilters"/>.</summary>
    public static IReadOnlyList<string> ClipAudioFilters(AudioTrack track, Normalisation? normalisation, TransformProfile profile) =>
        AudioFiltersFor(track, normalisation, profile, TransformEdits.None);

    /// <summary>True for video that the profile leaves as it is.</summary>
    public static bool Conforms(VideoTrack track, PictureFrame frame, TransformProfile profile) =>
        HasCodec(track, profile)
        && track.PixelFormat == profile.PixelFormat
        && (track.BitDepth is null || track.BitDepth == (profile.PixelFormat == "yuv420p10le" ? 10 : 8))
        && !IsToneMapped(track, profile)
        && track.SampleAspectRatio == Ratio.One
        && track.Rotation == 0
        && !track.IsInterlaced
        && frame.IsWhole
        && (track.Width, track.Height) == (frame.Size.Width, frame.Size.Height)
        && track.FrameRate is { } rate && rate <= profile.MaxFrameRate + FrameRateTolerance;

    /// <summary>True for audio that the profile leaves as it is; silence is as loud as it can be.</summary>
    public static bool Conforms(AudioTrack track, Loudness? loudness, TransformProfile profile) =>
        (profile.AudioCodec == AudioCodec.Opus
            ? track is { Codec: "opus" }
            : track is { Codec: "aac", Profile: "LC", SampleRate: 44_100 or 48_000 })
        && track.Channels <= profile.MaxChannels
        && (loudness is null || !Normalisation.IsOff(loudness, profile));

    /// <summary>8 bits are too few for HDR; with 10 it stays, unless it is mixed with pictures of ordinary brightness.</summary>
    private static bool IsToneMapped(VideoTrack track, TransformProfile profile, bool mixed = false) =>
        track.IsHdr && (mixed || profile.PixelFormat == "yuv420p");

    /// <summary>HDR to BT.709, with white at 100 cd/m2. Both curves belong to the colours of BT.2020, which files often don't say.</summary>
    private static IEnumerable<string> ToneMapping(VideoTrack track) =>
    [
        $"setparams=color_primaries=bt2020:color_trc={track.ColorTransfer}:colorspace=bt2020nc",
        "zscale=t=linear:npl=100",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
    ];

    private static StreamTreatment TreatmentAsIs(object? track) => track is null ? StreamTreatment.None : StreamTreatment.Copied;

    private static bool HasCodec(VideoTrack track, TransformProfile profile) => profile.VideoCodec == VideoCodec.H265
        ? track.Codec == "hevc" && track.Profile is "Main" or "Main 10"
        : track.Codec == "h264" && H264Profiles.Contains(track.Profile);

    private static List<string> FiltersFor(VideoTrack track, PictureFrame frame, TransformProfile profile, TransformEdits edits)
    {
        var filters = new List<string>();
        if (track.IsInterlaced)
        {
            // A frame for a frame: the rate stays. ffmpeg turns a rotated picture upright before this, which is wrong only
            // for video that is both, and no camera makes that.
            filters.Add("bwdif=mode=send_frame");
        }

        if (track.FrameRate > profile.MaxFrameRate + FrameRateTolerance)
        {
            // Before scaling: frames that are dropped needn't be scaled. Slower video keeps its own times, variable or not.
            filters.Add(FormattableString.Invariant($"fps={profile.MaxFrameRate}"));
        }

        // It is done in floating point, so rather on the smaller picture; but before one is laid over another with 8 bits.
        IEnumerable<string> toneMapping = IsToneMapped(track, profile, edits.MixesPictures) ? ToneMapping(track) : [];
        filters.AddRange(frame.IsWhole ? [.. frame.FiltersFor(profile), .. toneMapping] : [.. toneMapping, .. frame.FiltersFor(profile)]);
        if (edits.BurntSubtitles is { } subtitles)
        {
            // Drawn at the size at which they are seen, and over bars rather than over what they frame.
            filters.Add($"ass=filename={FilterText.Escape(subtitles)}");
        }

        if (edits.Watermark is { } watermark)
        {
            filters.Add(watermark.Filter(frame.Size, WatermarkInput, PictureFrame.OverlayFormat(profile)));
        }

        filters.AddRange(edits.Fade.PictureFilters(edits.Length));
        filters.AddRange(Finish(profile));
        return filters;
    }

    private static string[] Finish(TransformProfile profile) => ["setsar=1", $"format={profile.PixelFormat}"];

    private static List<string> AudioFiltersFor(AudioTrack track, Normalisation? normalisation, TransformProfile profile, TransformEdits edits)
    {
        // Holes in the source's times become silence, so that sound and picture stay together.
        var filters = new List<string> { "aresample=async=1" };
        filters.AddRange(BeforeMeasuring(track, profile, edits));
        filters.AddRange(normalisation?.Filters ?? []);
        return filters;
    }

    /// <summary>What is done to sound before its loudness is measured, since it changes it.</summary>
    public static IEnumerable<string> BeforeMeasuring(AudioTrack track, TransformProfile profile, TransformEdits edits) =>
        [.. DownmixFor(track, profile), .. edits.Fade.SoundFilters(edits.Length)];

    /// <summary>Measured and normalised as it will be heard: folding six channels into two changes their loudness.</summary>
    public static IEnumerable<string> DownmixFor(AudioTrack track, TransformProfile profile) =>
        track.Channels > profile.MaxChannels
            ? [$"aformat=channel_layouts={profile.MaxChannels switch { 1 => "mono", 2 => "stereo", _ => "5.1" }}"]
            : [];
}
