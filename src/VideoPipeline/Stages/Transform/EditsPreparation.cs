using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>Finds out what a profile's edits are for one source file: lengths, the files that are put before and after it, its subtitles.</summary>
internal sealed class EditsPreparation(
    TransformSteps steps, MediaProbe probe, StageContext context, TransformProfile profile, string source, MediaInfo media)
{
    /// <exception cref="PermanentFailureException">The profile's edits don't fit the source, or its files are not what they should be.</exception>
    public async Task<TransformEdits> PrepareAsync(CancellationToken cancellationToken)
    {
        var edits = new TransformEdits
        {
            Fade = profile.Fade,
            Watermark = profile.Watermark.IsNone || !profile.NeedsVideo ? null : Present(profile.Watermark, profile.Watermark.File),
            Intro = await FindAsync("intro", profile.Intro, cancellationToken),
            Outro = await FindAsync("outro", profile.Outro, cancellationToken),
        };
        if (TransformEdits.NeedLength(profile))
        {
            var length = await LengthAsync(cancellationToken);
            var cut = profile.Trim.Of(length) ?? throw new PermanentFailureException(FormattableString.Invariant(
                $"{context.Video!.Title} lasts {length.TotalSeconds:0.##} s, and of that the profile {profile.Name} cuts off {(profile.Trim.Start + profile.Trim.End).TotalSeconds:0.##} s: nothing would be left."));
            edits = edits with { Cut = cut, Length = cut.LengthOf(length) };
        }

        return profile is { NeedsVideo: true, Subtitles: SubtitleTreatment.Burn } && media.Subtitles.Count > 0
            ? edits with { BurntSubtitles = await ExtractAsync(edits.Cut, cancellationToken) }
            : edits;
    }

    /// <summary>Of the picture, or of the sound where that is all that is wanted, as its packets have it: headers needn't be right.</summary>
    private async Task<TimeSpan> LengthAsync(CancellationToken cancellationToken)
    {
        var read = await ReadAsync(source, media, cancellationToken);

        // What was cut off on the way would be taken for the end, and get the outro.
        return OutputCheck.CutOff(media, profile.NeedsVideo ? media.Video!.Duration : media.Audio!.Duration, read) is { } problem
            ? throw new PermanentFailureException($"{context.Video!.Title} can't be transformed: {problem}.")
            : LengthOf(media, read.Position, profile.NeedsVideo);
    }

    private Task<FfmpegResult> ReadAsync(string file, MediaInfo of, CancellationToken cancellationToken) =>
        steps.RunAsync(TransformArguments.Demux(file, profile.NeedsVideo ? of.Video!.Index : of.Audio!.Index), 0, 0, cancellationToken);

    /// <summary>The packets tell when the last of them begins, a header that is right when it ends.</summary>
    internal static TimeSpan LengthOf(MediaInfo media, TimeSpan packets, bool picture)
    {
        var frame = picture && media.Video!.FrameRate is { } rate and >= 1 ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero;
        return (picture ? media.Video!.Duration : media.Audio!.Duration) is { } said && (said - packets).Duration() <= 3 * frame + TimeSpan.FromSeconds(0.05)
            ? said
            : packets + frame;
    }

    private async Task<InsertedClip?> FindAsync(string name, string file, CancellationToken cancellationToken)
    {
        if (file.Length == 0)
        {
            return null;
        }

        var path = Path.GetFullPath(Present(file, file));
        var clip = await probe.ProbeAsync(path, $"The {name} of the profile {profile.Name}", cancellationToken);
        if (profile.NeedsVideo ? clip.Video is null : clip.Audio is null)
        {
            throw new PermanentFailureException(
                $"The {name} of the profile {profile.Name}, {file}, has no {(profile.NeedsVideo ? "picture" : "sound")}. Name another file, or none.");
        }

        var found = new InsertedClip(path, clip, LengthOf(clip, (await ReadAsync(path, clip, cancellationToken)).Position, profile.NeedsVideo));
        if (clip.Audio is not { } audio || profile.Loudness is null)
        {
            return found;
        }

        // As loud as all the rest, by itself: one gain for both would leave one of them too quiet.
        var sound = new SoundMeasurement(steps, new(path), audio, [.. TransformPlan.BeforeMeasuring(audio, profile, TransformEdits.None)], profile);
        return found with { Normalisation = await sound.RehearseAsync(await sound.MeasureAsync(0, 0, cancellationToken), 0, cancellationToken) };
    }

    private async Task<string> ExtractAsync(Cut cut, CancellationToken cancellationToken)
    {
        // A file of its own, since the filter would read the video once more, and without the limits that ffmpeg has here.
        var file = Path.Combine(context.WorkFolder, "subtitles.ass");
        try
        {
            await steps.RunAsync(TransformArguments.ExtractSubtitles(new(source, cut.Arguments), media.Subtitles[0], file), 0, 0, cancellationToken);
            return file;
        }
        catch (FfmpegException exception)
        {
            throw steps.Failure("its subtitles can't be read", exception);
        }
    }

    /// <summary>It was there when the service started.</summary>
    private T Present<T>(T value, string file) => File.Exists(file)
        ? value
        : throw new PermanentFailureException($"The file {file} of the profile {profile.Name} is not there any more. Put it back, and try again.");
}
