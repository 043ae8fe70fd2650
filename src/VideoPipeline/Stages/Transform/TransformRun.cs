using VideoPipeline.Artifacts;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>What a run has put into the attempt's folder.</summary>
/// <param name="Encoder">As ffmpeg calls it; null when the picture wasn't encoded.</param>
/// <param name="Ssim">Null when it wasn't compared.</param>
internal sealed record TransformOutput(TransformPlan Plan, MediaInfo Media, FileDigest Digest, string? Encoder, double? Ssim);

/// <summary>The runs of ffmpeg for one source file, one after the other, in the attempt's own folder.</summary>
internal sealed class TransformRun(
    Ffmpeg ffmpeg, MediaProbe probe, HardwareEncoders encoders, StageContext context, TransformProfile profile, string source, MediaInfo media, TimeProvider time)
{
    // Shares of the whole, in percent, for the progress. Copying takes next to no time, so measuring is most of it then.
    private const double MeasuredEncode = 8;
    private const double MeasuredCopy = 70;
    private const double Written = 97;

    private const int CopyBufferSize = 1 << 20;

    private readonly TransformSteps _steps = new(ffmpeg, context, media.Duration);

    /// <summary>Of the source; null without audio.</summary>
    public Loudness? Loudness { get; private set; }

    public IReadOnlyList<string> Commands => _steps.Commands;

    /// <summary>With its dot.</summary>
    public string Extension => profile.Container switch
    {
        OutputContainer.Mkv => ".mkv",
        OutputContainer.M4a => ".m4a",
        OutputContainer.Source => MediaFormats.ExtensionOf(media.Container)!,
        _ => ".mp4",
    };

    public string OutputFile => Path.Combine(context.WorkFolder, $"output{Extension}");

    /// <summary>Whether there is one: a source without a picture has none to take.</summary>
    public bool HasThumbnail => profile.Thumbnail && media.Video is not null;

    public string ThumbnailFile => Path.Combine(context.WorkFolder, "thumbnail.jpg");

    /// <exception cref="StageException">There is no output; the message says why.</exception>
    public async Task<TransformOutput> WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var output = profile.Container == OutputContainer.Source
                ? await CopySourceAsync(cancellationToken)
                : await WriteAndCheckAsync(cancellationToken);

            // Both only read the output. It is in a folder of this attempt alone and its ffmpeg has ended: nobody writes it any more.
            var digest = DurableFile.DigestAsync(OutputFile, cancellationToken);
            if (HasThumbnail)
            {
                await TakeThumbnailAsync(output.Media, cancellationToken);
            }

            return output with { Digest = await digest };
        }
        catch (FfmpegException exception) when (FullDisk.Is(exception.Errors))
        {
            throw FullDisk.Snooze("The disk is full: ffmpeg can't write.", time.GetUtcNow());
        }
        catch (FfmpegException exception)
        {
            throw _steps.Failure("ffmpeg can't read it", exception);
        }
    }

    /// <summary>The source as it is, once it is known that all of it is there.</summary>
    private async Task<TransformOutput> CopySourceAsync(CancellationToken cancellationToken)
    {
        var streams = new[] { media.Video?.Index, media.Audio?.Index }.OfType<int>();
        var read = await _steps.RunAsync(TransformArguments.Demux(source, streams), 0, MeasuredCopy, cancellationToken);
        var said = media switch
        {
            { Video: null } => media.Audio?.Duration,
            { Audio: null } => media.Video.Duration,
            _ => OutputCheck.Longest(media.Video.Duration, media.Audio.Duration),
        };
        if (OutputCheck.CutOff(media, said, read) is { } problem)
        {
            throw new PermanentFailureException($"{context.Video!.Title} can't be kept as it is: {problem}.");
        }

        await using (var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan))
        await using (var to = new FileStream(OutputFile, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
        {
            await from.CopyToAsync(to, CopyBufferSize, cancellationToken);
        }

        var plan = TransformPlan.Of(media, loudness: null, profile);
        var work = new TransformWork(source, media, plan, profile, TransformEdits.None, await encoders.ChooseAsync(profile, cancellationToken));
        if (await new OutputInspection(_steps, work, OutputFile, Written).DecodeProblemAsync(cancellationToken) is { } broken)
        {
            throw new PermanentFailureException($"{context.Video!.Title} can't be kept as it is: {broken}.");
        }

        return new(plan, media with { Duration = media.Duration ?? read.Position }, default, Encoder: null, Ssim: null);
    }

    private async Task<TransformOutput> WriteAndCheckAsync(CancellationToken cancellationToken)
    {
        var edits = await new EditsPreparation(_steps, probe, context, profile, source, media).PrepareAsync(cancellationToken);

        // Only the audio's treatment depends on its loudness, so the video's is known before.
        var videoIsEncoded = TransformPlan.Of(media, loudness: null, profile, edits: edits).Video == StreamTreatment.Encoded;
        var measured = media.Audio is null || profile.Loudness is null ? 0 : videoIsEncoded ? MeasuredEncode : MeasuredCopy;
        var sound = media.Audio is { } audio && profile.Loudness is not null
            ? new SoundMeasurement(_steps, new(source, edits.Cut.Arguments), audio, [.. TransformPlan.BeforeMeasuring(audio, profile, edits)], profile)
            : null;
        Loudness = sound is null ? null : await sound.MeasureAsync(0, measured, cancellationToken);
        _steps.Duration = media.Duration is { } duration ? edits.Expected(duration) : null;

        var encoding = await encoders.ChooseAsync(profile, cancellationToken);
        Normalisation? normalisation = null;
        var copy = true;
        while (true)
        {
            var plan = TransformPlan.Of(media, Loudness, profile, copy, normalisation, edits);
            if (normalisation is null && sound is not null && plan.Audio == StreamTreatment.Encoded)
            {
                normalisation = await sound.RehearseAsync(Loudness, measured, cancellationToken);
                plan = TransformPlan.Of(media, Loudness, profile, copy, normalisation, edits);
            }

            var work = new TransformWork(source, media, plan, profile, edits, encoding);
            var (problem, output) = await TryAsync(work, measured, cancellationToken);
            if (output is not null)
            {
                return output;
            }

            if (encoding.IsHardware && plan.Video == StreamTreatment.Encoded)
            {
                // Devices run out of sessions and of memory, and drivers crash. What was written is overwritten.
                encoders.ReportFailure(encoding, profile, problem!.Message);
                encoding = VideoEncoding.Of(EncoderChoice.Software, profile, "");
            }
            else if (copy && (plan.Video == StreamTreatment.Copied || plan.Audio == StreamTreatment.Copied))
            {
                // A copied stream keeps what is odd about its source (edit lists, broken times); an encoded one doesn't.
                copy = false;
            }
            else
            {
                throw problem!;
            }
        }
    }

    /// <summary>A problem, or an output that is as planned.</summary>
    private async Task<(StageException? Problem, TransformOutput? Output)> TryAsync(
        TransformWork work, double from, CancellationToken cancellationToken)
    {
        var (plan, encoding) = (work.Plan, work.Encoding);
        FfmpegResult written;
        try
        {
            written = await _steps.RunAsync(TransformArguments.Write(work, OutputFile), from, Written, cancellationToken);
        }
        catch (FfmpegException exception) when (!FullDisk.Is(exception.Errors))
        {
            return (_steps.Failure("ffmpeg can't convert it", exception), null);
        }
        catch (TransientFailureException exception) when (encoding.IsHardware && plan.Video == StreamTreatment.Encoded)
        {
            // A device that hangs would hang the next time, too.
            return (exception, null);
        }

        var writing = _steps.Commands[^1];
        MediaInfo output;
        try
        {
            output = await probe.ProbeAsync(OutputFile, "The output", cancellationToken);
        }
        catch (PermanentFailureException exception)
        {
            return (exception, null);
        }

        var inspection = new OutputInspection(_steps, work, OutputFile, Written);
        var audible = Loudness is { IsSilent: false } || work.Edits.Intro?.Normalisation is not null || work.Edits.Outro?.Normalisation is not null;
        var problem = await inspection.ProblemAsync(output, profile.Loudness is not null && audible, cancellationToken);
        if (problem is null)
        {
            return (null, new(plan, output, default, plan.Video == StreamTreatment.Encoded ? encoding.Encoder : null, inspection.Ssim));
        }

        // Permanent: the same program does the same to the same file next time.
        return (new PermanentFailureException($"The output for {context.Video!.Title} is not as it should be: {problem}.")
        {
            Details = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["program"] = "ffmpeg",
                ["arguments"] = writing,
                ["errors"] = written.Errors,
            },
        }, null);
    }

    private async Task TakeThumbnailAsync(MediaInfo output, CancellationToken cancellationToken)
    {
        // Sound alone has no picture, but its source may.
        var (file, track) = output.Video is { } shown ? (OutputFile, shown) : (source, media.Video!);
        var at = output.Duration!.Value * 0.2;
        await _steps.RunAsync(TransformArguments.Thumbnail(file, track, ThumbnailFile, at, profile), Written, 99, cancellationToken);
        if (!File.Exists(ThumbnailFile))
        {
            // The last frame can begin before that and last to the end.
            await _steps.RunAsync(TransformArguments.Thumbnail(file, track, ThumbnailFile, TimeSpan.Zero, profile), Written, 99, cancellationToken);
        }

        if (!File.Exists(ThumbnailFile))
        {
            throw new PermanentFailureException($"The output for {context.Video!.Title} has no frame that can be shown.");
        }
    }
}
