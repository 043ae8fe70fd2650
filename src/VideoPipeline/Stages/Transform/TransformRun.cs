using VideoPipeline.Artifacts;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>The runs of ffmpeg for one source file, one after the other, in the attempt's own folder.</summary>
internal sealed class TransformRun(
    Ffmpeg ffmpeg, MediaProbe probe, StageContext context, TransformProfile profile, string source, MediaInfo media)
{
    // Shares of the whole, in percent, for the progress. Copying takes next to no time, so measuring is most of it then.
    private const double MeasuredEncode = 8;
    private const double MeasuredCopy = 70;
    private const double Written = 97;

    private const int CopyBufferSize = 1 << 20;

    // Each comes much nearer than the one before.
    private const int MaxRehearsals = 4;

    private readonly List<string> _commands = [];

    /// <summary>Of the source; null without audio.</summary>
    public Loudness? Loudness { get; private set; }

    public IReadOnlyList<string> Commands => _commands;

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
    public async Task<(TransformPlan Plan, MediaInfo Media, FileDigest Digest)> WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (plan, output) = profile.Container == OutputContainer.Source
                ? await CopySourceAsync(cancellationToken)
                : await WriteAndCheckAsync(cancellationToken);

            // Both only read the output. It is in a folder of this attempt alone and its ffmpeg has ended: nobody writes it any more.
            var digest = DurableFile.DigestAsync(OutputFile, cancellationToken);
            if (HasThumbnail)
            {
                await TakeThumbnailAsync(output, cancellationToken);
            }

            return (plan, output, await digest);
        }
        catch (FfmpegException exception) when (IsFull(exception))
        {
            // Others may make room.
            throw new TransientFailureException("The disk is full.", exception) { Details = exception.Details };
        }
        catch (FfmpegException exception)
        {
            throw Failure("ffmpeg can't read it", exception);
        }
    }

    /// <summary>The source as it is, once it is known that all of it is there.</summary>
    private async Task<(TransformPlan Plan, MediaInfo Media)> CopySourceAsync(CancellationToken cancellationToken)
    {
        var streams = new[] { media.Video?.Index, media.Audio?.Index }.OfType<int>();
        var packets = (await RunAsync(TransformArguments.Demux(source, streams), 0, MeasuredCopy, cancellationToken)).Position;
        if (CutOff(media.Duration, packets) is { } problem)
        {
            throw new PermanentFailureException($"{context.Video!.Title} can't be kept as it is: {problem}.");
        }

        await using (var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan))
        await using (var to = new FileStream(OutputFile, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
        {
            await from.CopyToAsync(to, CopyBufferSize, cancellationToken);
        }

        if (await DecodeProblemAsync(cancellationToken) is { } broken)
        {
            throw new PermanentFailureException($"{context.Video!.Title} can't be kept as it is: {broken}.");
        }

        return (TransformPlan.Of(media, loudness: null, profile), media with { Duration = media.Duration ?? packets });
    }

    private async Task<(TransformPlan Plan, MediaInfo Media)> WriteAndCheckAsync(CancellationToken cancellationToken)
    {
        // Only the audio's treatment depends on its loudness, so the video's is known before.
        var videoIsEncoded = TransformPlan.Of(media, loudness: null, profile).Video == StreamTreatment.Encoded;
        var measured = media.Audio is null || profile.Loudness is null ? 0 : videoIsEncoded ? MeasuredEncode : MeasuredCopy;
        if (media.Audio is { } audio && profile.Loudness is not null)
        {
            Loudness = await MeasureAsync(TransformPlan.DownmixFor(audio, profile), 0, measured, cancellationToken);
        }

        var plan = TransformPlan.Of(media, Loudness, profile);
        var normalisation = plan.Audio == StreamTreatment.Encoded ? await RehearseAsync(measured, cancellationToken) : null;
        plan = TransformPlan.Of(media, Loudness, profile, normalisation: normalisation);
        var (problem, output) = await TryAsync(plan, measured, cancellationToken);
        if (problem is not null && (plan.Video == StreamTreatment.Copied || plan.Audio == StreamTreatment.Copied))
        {
            // A copied stream keeps what is odd about its source (edit lists, broken times); an encoded one doesn't.
            normalisation ??= await RehearseAsync(measured, cancellationToken);
            plan = TransformPlan.Of(media, Loudness, profile, copy: false, normalisation);
            (problem, output) = await TryAsync(plan, measured, cancellationToken);
        }

        if (problem is not null || output is null)
        {
            throw problem ?? new PermanentFailureException("ffmpeg wrote no output.");
        }

        return (plan, output);
    }

    /// <summary>The normalisation that the source needs, tried out on the sound alone while it costs no encoding of the picture.</summary>
    private async Task<Normalisation?> RehearseAsync(double at, CancellationToken cancellationToken)
    {
        var chosen = Normalisation.Of(Loudness, profile);
        for (var rehearsals = 0; chosen?.PeakLimit is not null && rehearsals < MaxRehearsals; rehearsals++)
        {
            var filters = TransformPlan.DownmixFor(media.Audio!, profile).Concat(chosen.Filters);
            var heard = await MeasureAsync(filters, at, at, cancellationToken);
            if (heard is null || chosen.Corrected(heard, profile) == chosen)
            {
                break;
            }

            chosen = chosen.Corrected(heard, profile);
        }

        return chosen;
    }

    private async Task<Loudness?> MeasureAsync(IEnumerable<string> filters, double from, double to, CancellationToken cancellationToken)
    {
        try
        {
            var result = await RunAsync(TransformArguments.Measure(source, media.Audio!, filters), from, to, cancellationToken);
            return Loudness.Parse(result.Errors);
        }
        catch (FfmpegException exception)
        {
            throw Failure("its sound can't be decoded", exception);
        }
    }

    /// <summary>A problem, or an output that is as planned.</summary>
    private async Task<(PermanentFailureException? Problem, MediaInfo? Output)> TryAsync(
        TransformPlan plan, double from, CancellationToken cancellationToken)
    {
        FfmpegResult written;
        try
        {
            written = await RunAsync(TransformArguments.Write(source, OutputFile, media, plan, profile), from, Written, cancellationToken);
        }
        catch (FfmpegException exception) when (!IsFull(exception))
        {
            return (Failure("ffmpeg can't convert it", exception), null);
        }

        MediaInfo output;
        try
        {
            output = await probe.ProbeAsync(OutputFile, "The output", cancellationToken);
        }
        catch (PermanentFailureException exception)
        {
            return (exception, null);
        }

        var problem = OutputCheck.Problem(output, plan, profile)
            ?? await DurationProblemAsync(output, cancellationToken)
            ?? await LoudnessProblemAsync(output, plan, cancellationToken)
            ?? await DecodeProblemAsync(cancellationToken);
        if (problem is null)
        {
            return (null, output);
        }

        // Permanent: the same program does the same to the same file next time.
        return (new PermanentFailureException($"The output for {context.Video!.Title} is not as it should be: {problem}.")
        {
            Details = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["program"] = "ffmpeg",
                ["arguments"] = _commands[^1],
                ["errors"] = written.Errors,
            },
        }, null);
    }

    private async Task<string?> DurationProblemAsync(MediaInfo output, CancellationToken cancellationToken)
    {
        var written = output.Duration!.Value;
        var track = profile.NeedsVideo ? media.Video!.Index : media.Audio!.Index;
        var said = profile.NeedsVideo ? media.Duration : media.Audio!.Duration ?? media.Duration;
        if (said is { } expected && OutputCheck.SameDuration(written, expected))
        {
            return null;
        }

        // What the header says needn't be so: AVI and Ogg headers lie, MPEG's is estimated, some have none. The packets know.
        var packets = (await RunAsync(TransformArguments.Demux(source, track), Written, Written, cancellationToken)).Position;
        if (!OutputCheck.SameDuration(written, packets))
        {
            return $"it lasts {written.TotalSeconds:0.00} s, the source {(said ?? packets).TotalSeconds:0.00} s";
        }

        // What Matroska says is of its longest stream; sound alone may well be shorter.
        return profile.NeedsVideo || media.Is("mov") ? CutOff(said, packets) : null;
    }

    /// <summary>Sound that was copied has been measured before; silence has no loudness to be at.</summary>
    private async Task<string?> LoudnessProblemAsync(MediaInfo output, TransformPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Audio != StreamTreatment.Encoded || Loudness is null or { IsSilent: true })
        {
            return null;
        }

        var result = await RunAsync(TransformArguments.Measure(OutputFile, output.Audio!, []), Written, Written, cancellationToken);
        return OutputCheck.LoudnessProblem(Loudness.Parse(result.Errors), profile);
    }

    private async Task<string?> DecodeProblemAsync(CancellationToken cancellationToken)
    {
        if (!profile.FullDecode)
        {
            return null;
        }

        try
        {
            var result = await RunAsync(TransformArguments.Decode(OutputFile), Written, Written, cancellationToken);
            return result.Errors.Count > 0 ? $"it can't be decoded without errors: {result.Errors[0]}" : null;
        }
        catch (FfmpegException exception)
        {
            return $"it can't be decoded: {exception.Message}";
        }
    }

    /// <summary>An MP4 or Matroska file whose index promises more than is there has lost its end on the way.</summary>
    private string? CutOff(TimeSpan? said, TimeSpan packets) =>
        said > packets && !OutputCheck.SameDuration(packets, said.Value) && (media.Is("mov") || media.Is("matroska"))
            ? $"the source is cut off: only {packets.TotalSeconds:0.00} s of {said.Value.TotalSeconds:0.00} s are there. Fetch it again"
            : null;

    private async Task TakeThumbnailAsync(MediaInfo output, CancellationToken cancellationToken)
    {
        // Sound alone has no picture, but its source may.
        var (file, track) = output.Video is { } shown ? (OutputFile, shown) : (source, media.Video!);
        var at = output.Duration!.Value * 0.2;
        await RunAsync(TransformArguments.Thumbnail(file, track, ThumbnailFile, at, profile), Written, 99, cancellationToken);
        if (!File.Exists(ThumbnailFile))
        {
            // The last frame can begin before that and last to the end.
            await RunAsync(TransformArguments.Thumbnail(file, track, ThumbnailFile, TimeSpan.Zero, profile), Written, 99, cancellationToken);
        }

        if (!File.Exists(ThumbnailFile))
        {
            throw new PermanentFailureException($"The output for {context.Video!.Title} has no frame that can be shown.");
        }
    }

    private Task<FfmpegResult> RunAsync(string arguments, double from, double to, CancellationToken cancellationToken)
    {
        _commands.Add($"ffmpeg {arguments}");
        return ffmpeg.RunAsync(
            arguments,
            media.Duration,
            progress => context.ReportProgress(progress with { Percent = from + (progress.Percent * (to - from) / 100) }),
            cancellationToken);
    }

    private PermanentFailureException Failure(string what, FfmpegException exception) =>
        new($"{context.Video!.Title} can't be transformed, {what}: {exception.Message}", exception) { Details = exception.Details };

    private static bool IsFull(FfmpegException exception) =>
        exception.Errors.Any(line => line.Contains("No space left on device", StringComparison.Ordinal));
}
