using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

public enum StreamTreatment
{
    /// <summary>The source has none, so the output has none.</summary>
    None,

    /// <summary>Taken over bit by bit: it already is as the profile wants it.</summary>
    Copied,

    Encoded,
}

/// <summary>What becomes of the streams of one source file.</summary>
/// <param name="Filters">For ffmpeg, in order; empty when the video is copied.</param>
/// <param name="AudioFilters">As <paramref name="Filters"/>.</param>
public sealed record TransformPlan(
    StreamTreatment Video, StreamTreatment Audio, PictureSize Size, IReadOnlyList<string> Filters, IReadOnlyList<string> AudioFilters)
{
    // 60 fps files average a little above 60 when their last frame is short.
    private const double FrameRateTolerance = 0.1;

    // Formats whose packets carry presentation times. AVI has none, so H.264 with B-frames copied from it stutters.
    private static readonly string[] TimedContainers = ["mov", "matroska", "flv", "mpegts"];

    // 4:2:0 profiles of H.264 that every player has; High 10, 4:2:2 and 4:4:4 are others.
    private static readonly string[] H264Profiles = ["Constrained Baseline", "Baseline", "Main", "High", "Constrained High"];

    /// <param name="loudness">Of the source's audio; null when it has none or none that can be measured.</param>
    /// <param name="copy">False to encode everything, whatever conforms: when copying gave a file that isn't as planned.</param>
    /// <exception cref="ArgumentException">The source has no video.</exception>
    public static TransformPlan Of(MediaInfo source, Loudness? loudness, TransformProfile profile, bool copy = true)
    {
        var track = source.Video ?? throw new ArgumentException("The source has no video.", nameof(source));
        var size = TargetSize.Of(track, profile);
        var copyable = copy && TimedContainers.Any(source.Is);
        var video = copyable && Conforms(track, size, profile) ? StreamTreatment.Copied : StreamTreatment.Encoded;
        var audio = source.Audio switch
        {
            null => StreamTreatment.None,
            { } heard when copyable && Conforms(heard, loudness, profile) => StreamTreatment.Copied,
            _ => StreamTreatment.Encoded,
        };
        return new(
            video,
            audio,
            size,
            video == StreamTreatment.Encoded ? FiltersFor(track, size, profile) : [],
            audio == StreamTreatment.Encoded ? AudioFiltersFor(source.Audio!, loudness, profile) : []);
    }

    /// <summary>True for video that the profile leaves as it is.</summary>
    public static bool Conforms(VideoTrack track, PictureSize size, TransformProfile profile) =>
        track.Codec == "h264"
        && H264Profiles.Contains(track.Profile)
        && track.PixelFormat == "yuv420p"
        && track.BitDepth is null or 8
        && track.SampleAspectRatio == Ratio.One
        && track.Rotation == 0
        && !track.IsInterlaced
        && (track.Width, track.Height) == (size.Width, size.Height)
        && track.FrameRate is { } rate && rate <= profile.MaxFrameRate + FrameRateTolerance;

    /// <summary>True for audio that the profile leaves as it is; silence is as loud as it can be.</summary>
    public static bool Conforms(AudioTrack track, Loudness? loudness, TransformProfile profile) =>
        track is { Codec: "aac", Profile: "LC", SampleRate: 44_100 or 48_000 }
        && track.Channels <= profile.MaxChannels
        && (loudness is null || loudness.IsSilent || Math.Abs(loudness.Integrated - profile.Loudness) <= profile.LoudnessTolerance);

    private static List<string> FiltersFor(VideoTrack track, PictureSize size, TransformProfile profile)
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
            filters.Add($"fps={profile.MaxFrameRate}");
        }

        filters.Add($"scale={size.Width}:{size.Height}:flags=lanczos");
        filters.Add("setsar=1");
        filters.Add("format=yuv420p");
        return filters;
    }

    private static List<string> AudioFiltersFor(AudioTrack track, Loudness? loudness, TransformProfile profile)
    {
        // Holes in the source's times become silence, so that sound and picture stay together.
        var filters = new List<string> { "aresample=async=1" };
        filters.AddRange(DownmixFor(track, profile));
        if (loudness is { IsSilent: false } && Math.Abs(loudness.Integrated - profile.Loudness) > profile.LoudnessTolerance)
        {
            filters.Add(Normalisation(loudness, profile));
        }

        return filters;
    }

    /// <summary>Measured and normalised as it will be heard: folding six channels into two changes their loudness.</summary>
    public static IEnumerable<string> DownmixFor(AudioTrack track, TransformProfile profile) =>
        track.Channels > profile.MaxChannels ? ["aformat=channel_layouts=stereo"] : [];

    /// <summary>
    /// The second pass of https://ffmpeg.org/ffmpeg-filters.html#loudnorm: one gain for all when the peaks allow, else
    /// dynamic. The range is allowed to be what it is, since a smaller one would force the dynamic way.
    /// </summary>
    private static string Normalisation(Loudness measured, TransformProfile profile)
    {
        var range = Math.Clamp(Math.Max(11, measured.Range), 1, 50);
        return FormattableString.Invariant(
            $"loudnorm=I={profile.Loudness}:TP={profile.MaxTruePeak}:LRA={range:0.##}:measured_I={measured.Integrated:0.##}:measured_TP={Math.Clamp(measured.TruePeak, -99, 99):0.##}:measured_LRA={Math.Clamp(measured.Range, 0, 99):0.##}:measured_thresh={Math.Clamp(measured.Threshold, -99, 0):0.##}:linear=true");
    }
}
