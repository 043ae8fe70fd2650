using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>Looks at an output with ffmpeg, as far as <see cref="OutputCheck"/> can't tell from what ffprobe says.</summary>
/// <param name="at">Percent of the whole, for the progress.</param>
internal sealed class OutputInspection(TransformSteps steps, TransformWork work, string file, double at)
{
    private readonly TransformProfile _profile = work.Profile;
    private readonly MediaInfo _media = work.Media;

    /// <summary>Of the picture to what the encoder was given; null when it wasn't compared.</summary>
    public double? Ssim { get; private set; }

    /// <param name="sound">Whether there is any to hear in what was put in.</param>
    /// <returns>Null when it is as planned.</returns>
    public async Task<string?> ProblemAsync(MediaInfo output, bool sound, CancellationToken cancellationToken) =>
        OutputCheck.Problem(output, work.Plan, _profile)
        ?? await DurationProblemAsync(output, cancellationToken)
        ?? (sound ? await LoudnessProblemAsync(output, cancellationToken) : null)
        ?? await SimilarityProblemAsync(cancellationToken)
        ?? await DecodeProblemAsync(cancellationToken);

    /// <summary>Null when it needn't be decoded.</summary>
    public async Task<string?> DecodeProblemAsync(CancellationToken cancellationToken)
    {
        if (!_profile.FullDecode)
        {
            return null;
        }

        try
        {
            var result = await steps.RunAsync(TransformArguments.Decode(file), at, at, cancellationToken);
            return result.Errors.Count > 0 ? $"it can't be decoded without errors: {result.Errors[0]}" : null;
        }
        catch (FfmpegException exception)
        {
            return $"it can't be decoded: {exception.Message}";
        }
    }

    private async Task<string?> DurationProblemAsync(MediaInfo output, CancellationToken cancellationToken)
    {
        // Subtitles may be shown for longer than there is a picture.
        var written = work.Plan.Subtitles.Count > 0
            ? (await steps.RunAsync(TransformArguments.Demux(file, output.Video!.Index), at, at, cancellationToken)).Position
            : output.Duration!.Value;
        var (track, ofTrack) = _profile.NeedsVideo ? (_media.Video!.Index, _media.Video.Duration) : (_media.Audio!.Index, _media.Audio.Duration);
        var said = _profile.NeedsVideo ? _media.Duration : ofTrack ?? _media.Duration;
        if (said is { } source && OutputCheck.SameDuration(written, work.Edits.Expected(source)))
        {
            return null;
        }

        // What the header says needn't be so: AVI and Ogg headers lie, MPEG's is estimated, some have none. The packets know.
        var read = await steps.RunAsync(TransformArguments.Demux(work.Source, track), at, at, cancellationToken);
        if (!IsExpected(written, read) && _profile.NeedsVideo && _media.Audio is { } audio && work.Plan.Subtitles.Count == 0)
        {
            // What isn't taken over may be longer than all the rest; and sound may go on when the picture is over.
            read = await steps.RunAsync(TransformArguments.Demux(work.Source, track, audio.Index), at, at, cancellationToken);
            ofTrack = OutputCheck.Longest(ofTrack, audio.Duration);
        }

        return IsExpected(written, read)
            ? OutputCheck.CutOff(_media, ofTrack, read)
            : FormattableString.Invariant(
                $"it lasts {written.TotalSeconds:0.00} s instead of {work.Edits.Expected(said ?? read.Position).TotalSeconds:0.00} s; the source lasts {(said ?? read.Position).TotalSeconds:0.00} s");
    }

    private bool IsExpected(TimeSpan written, FfmpegResult read) => OutputCheck.SameDuration(written, work.Edits.Expected(read.Position));

    /// <summary>Sound that was copied has been measured before; silence has no loudness to be at.</summary>
    private async Task<string?> LoudnessProblemAsync(MediaInfo output, CancellationToken cancellationToken)
    {
        if (work.Plan.Audio != StreamTreatment.Encoded)
        {
            return null;
        }

        var result = await steps.RunAsync(TransformArguments.Measure(new(file), output.Audio!, []), at, at, cancellationToken);
        return OutputCheck.LoudnessProblem(Loudness.Parse(result.Errors), _profile);
    }

    private async Task<string?> SimilarityProblemAsync(CancellationToken cancellationToken)
    {
        if (_profile.MinSsim is not { } least || work.Plan.Video != StreamTreatment.Encoded)
        {
            return null;
        }

        var result = await steps.RunAsync(TransformArguments.Compare(work, file), at, at, cancellationToken);
        Ssim = Similarity.Parse(result.Errors);
        return OutputCheck.SimilarityProblem(Ssim, least);
    }
}
