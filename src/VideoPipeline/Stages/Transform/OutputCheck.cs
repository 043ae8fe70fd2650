using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>Whether an output is what was planned, before anybody gets to see it.</summary>
internal static class OutputCheck
{
    /// <summary>Null when it is, else what is wrong with it.</summary>
    public static string? Problem(MediaInfo output, TransformPlan plan, TransformProfile profile) =>
        (plan.Video == StreamTreatment.None ? null : PictureProblem(output, plan, profile)) ?? SoundProblem(output, plan, profile);

    private static string? PictureProblem(MediaInfo output, TransformPlan plan, TransformProfile profile) => output switch
    {
        { Video: null } => "it has no video",
        { Video: var video } when (video.Width, video.Height) != (plan.Size.Width, plan.Size.Height) =>
            $"its picture is {video.Width}x{video.Height} instead of {plan.Size.Width}x{plan.Size.Height}",
        { Video: var video } when video.SampleAspectRatio != Ratio.One => "its pixels are not square",
        { Video: var video } when video.Codec != CodecOf(profile.VideoCodec) => $"its video is {video.Codec} instead of {CodecOf(profile.VideoCodec)}",
        _ => null,
    };

    private static string? SoundProblem(MediaInfo output, TransformPlan plan, TransformProfile profile) => output switch
    {
        { Audio: null } when plan.Audio != StreamTreatment.None => "it has no audio",
        { Audio: { } audio } when audio.Codec != CodecOf(profile.AudioCodec) => $"its audio is {audio.Codec} instead of {CodecOf(profile.AudioCodec)}",
        { Audio: not null } when plan.Audio == StreamTreatment.None => "it has audio that the source doesn't have",
        _ when output.Subtitles.Count != plan.Subtitles.Count => $"it has {output.Subtitles.Count} tracks of subtitles instead of {plan.Subtitles.Count}",
        { Duration: null or { Ticks: <= 0 } } => "it has no duration",
        _ => null,
    };

    /// <summary>Within half a second or one percent.</summary>
    public static bool SameDuration(TimeSpan one, TimeSpan other)
    {
        var tolerance = TimeSpan.FromSeconds(Math.Max(0.5, other.TotalSeconds * 0.01));
        return (one - other).Duration() <= tolerance;
    }

    /// <param name="measured">Of the output; null when it has no sound that can be measured.</param>
    public static string? LoudnessProblem(Loudness? measured, TransformProfile profile) =>
        measured is { IsSilent: false } heard && !Normalisation.IsOff(heard, profile)
            ? null
            : FormattableString.Invariant(
                $"its loudness is {measured?.Integrated ?? double.NegativeInfinity:0.#} LUFS instead of {profile.Loudness}. If its peaks allow no more, give the profile a lower Loudness or a larger LoudnessTolerance");

    /// <param name="ssim">Null when no frame could be compared.</param>
    public static string? SimilarityProblem(double? ssim, double least) => ssim >= least
        ? null
        : FormattableString.Invariant(
            $"its picture has an SSIM of {ssim ?? 0:0.####} to what was encoded, instead of at least {least}. Give the profile a lower Crf, a slower Preset or a lower MinSsim");

    /// <summary>Whether an MP4 or Matroska file has lost its end on the way; null when it hasn't.</summary>
    /// <param name="said">How long the tracks are that were read, by their own headers; null when those don't say.</param>
    /// <param name="read">What came of reading them to the end.</param>
    public static string? CutOff(MediaInfo source, TimeSpan? said, FfmpegResult read) =>
        (said ?? source.Duration) is { } promised && promised > read.Position && !SameDuration(read.Position, promised) && LostItsEnd(source, said, read)
            ? FormattableString.Invariant(
                $"the source is cut off: only {read.Position.TotalSeconds:0.00} s of {promised.TotalSeconds:0.00} s are there. Fetch it again")
            : null;

    /// <summary>
    /// The whole file is as long as its longest track, which needn't be one of those that were read. MP4 has the length of each
    /// track besides. Of Matroska it is known that a part of it is missing.
    /// </summary>
    private static bool LostItsEnd(MediaInfo source, TimeSpan? said, FfmpegResult read) =>
        source.Is("mov")
        || (source.Is("matroska") && (said is not null || read.Errors.Any(line => line.Contains("File ended prematurely", StringComparison.Ordinal))));

    /// <summary>Null when one of them isn't known: it may be the longer one.</summary>
    public static TimeSpan? Longest(TimeSpan? one, TimeSpan? other) => one is null || other is null ? null : one > other ? one : other;

    // As ffprobe calls them.
    private static string CodecOf(VideoCodec codec) => codec == VideoCodec.H265 ? "hevc" : "h264";

    private static string CodecOf(AudioCodec codec) => codec == AudioCodec.Opus ? "opus" : "aac";
}
