using FFMpegCore;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Media;

/// <param name="Position">How much media it wrote.</param>
/// <param name="Errors">The last lines of its standard error.</param>
public sealed record FfmpegResult(TimeSpan Position, IReadOnlyList<string> Errors);

/// <summary>A local file that ffmpeg reads.</summary>
/// <param name="File">Absolute, and chosen by this program or its operator.</param>
/// <param name="Options">Before it on the command line.</param>
/// <param name="Format">The name of its demuxer where it is none of those that videos have.</param>
public sealed record FfmpegInput(string File, string Options = "", string? Format = null);

/// <summary>Runs ffmpeg on local files.</summary>
public sealed class Ffmpeg(IOptions<FfmpegOptions> options, IOptions<MediaLimits> limits, TimeProvider time)
{
    /// <summary>
    /// How much longer than otherwise a run may give no sign of life at its end: moving the index of a long file to its front
    /// (fast start) reads and writes all of it once more.
    /// </summary>
    public const int FinishingFactor = 12;

    // 128 and the number of the signal: SIGKILL, SIGTERM.
    private const int Killed = 137;
    private const int Terminated = 143;

    /// <summary>The command line of a run, from a local file to a local file, as far as it is the same for every run.</summary>
    /// <param name="input">Absolute, and chosen by this program.</param>
    /// <param name="output">Absolute, or <c>-</c> with a format that writes nothing.</param>
    /// <param name="verbosity">ffmpeg's <c>-v</c>.</param>
    public static string Arguments(string input, string output, Action<FFMpegOutputOptions> addOutput, string verbosity = "warning") =>
        Arguments([new(input)], output, addOutput, verbosity);

    /// <param name="device">Arguments that go before all inputs.</param>
    /// <inheritdoc cref="Arguments(string, string, Action{FFMpegOutputOptions}, string)"/>
    public static string Arguments(
        IReadOnlyList<FfmpegInput> inputs, string output, Action<FFMpegOutputOptions> addOutput, string verbosity = "warning", string device = "")
    {
        _ = CommandLine.Quote(output);
        var first = true;
        FFMpegArguments? arguments = null;
        foreach (var input in inputs)
        {
            _ = CommandLine.Quote(input.File);

            // Only what is in the file itself may be read: no network, no playlists that name other files.
            var safe = $"-protocol_whitelist file,pipe -format_whitelist {input.Format ?? MediaFormats.Whitelist}{(input.Format is { } format ? $" -f {format}" : "")}";
            var options = string.Join(' ', new[] { first ? Beginning(verbosity) : "", first ? device : "", safe, input.Options }.Where(part => part.Length > 0));
            first = false;
            arguments = arguments is null
                ? FFMpegArguments.FromFileInput(input.File, verifyExists: false, before => before.WithCustomArgument(options))
                : arguments.AddFileInput(input.File, verifyExists: false, before => before.WithCustomArgument(options));
        }

        return arguments!.OutputToFile(output, overwrite: true, addOutput).Arguments;
    }

    /// <summary>The command line of a run over a generated picture, which reads no file and keeps nothing.</summary>
    /// <param name="device">As above.</param>
    public static string ArgumentsOfTestPicture(string device, string outputOptions) =>
        $"{Beginning("error")} {device} -f lavfi -i testsrc2=size=320x240:rate=25:duration=0.2 {outputOptions} -f null -";

    /// <param name="duration">Of the media, for the progress; null when unknown.</param>
    /// <param name="report">Percent of this run.</param>
    /// <exception cref="FfmpegException">ffmpeg failed; the exception has its exit code and what it wrote.</exception>
    /// <exception cref="PermanentFailureException">It took longer than any run may.</exception>
    /// <exception cref="TransientFailureException">It stood still for too long, was killed, or could not be started.</exception>
    public async Task<FfmpegResult> RunAsync(
        string arguments, TimeSpan? duration, Action<StageProgress> report, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(options.Value.StallTimeout ?? Timeout.InfiniteTimeSpan, time);
        using var late = new CancellationTokenSource(options.Value.RunTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, late.Token, cancellationToken);
        var reader = new FfmpegProgressReader();
        var position = TimeSpan.Zero;
        MediaProcessResult result;
        try
        {
            result = await MediaProcess.RunAsync(options.Value.PathOf("ffmpeg"), $"{limits.Value.Arguments} {arguments}", OnOutput, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PermanentFailureException(
                $"ffmpeg had not finished after {options.Value.RunTimeout} and was stopped at {position}. VideoPipeline:Ffmpeg:RunTimeout allows no more.")
            {
                Details = Details(arguments, exitCode: null, []),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException($"ffmpeg stood still at {position} and was stopped.")
            {
                Details = Details(arguments, exitCode: null, []),
            };
        }

        if (result.ExitCode is Killed or Terminated || WasInterrupted(result))
        {
            throw new TransientFailureException("ffmpeg was killed by something else: by the system for want of memory, perhaps.")
            {
                Details = Details(arguments, result.ExitCode, result.Errors),
            };
        }

        return result.ExitCode == 0
            ? new(position, result.Errors)
            : throw new FfmpegException(result.ExitCode, result.Errors, Details(arguments, result.ExitCode, result.Errors));

        void OnOutput(string line)
        {
            if (reader.Read(line) is not { } progress)
            {
                return;
            }

            if (progress.Position > position)
            {
                position = progress.Position;
                if (options.Value.StallTimeout is { } timeout)
                {
                    stalled.CancelAfter(position >= duration * 0.99 ? timeout * FinishingFactor : timeout);
                }
            }

            report(progress.Of(duration));
        }
    }

    /// <summary>What every run begins with.</summary>
    private static string Beginning(string verbosity) => $"-nostdin -hide_banner -v {verbosity} -nostats -progress pipe:1";

    /// <summary>A signal that ffmpeg handles itself (SIGTERM, SIGINT): it says so and ends with 255.</summary>
    private static bool WasInterrupted(MediaProcessResult result) =>
        result.ExitCode == 255 && result.Errors.Any(line => line.Contains("received signal", StringComparison.Ordinal));

    private static Dictionary<string, object?> Details(string arguments, int? exitCode, IReadOnlyList<string> errors) =>
        new(StringComparer.Ordinal) { ["program"] = "ffmpeg", ["arguments"] = arguments, ["exitCode"] = exitCode, ["errors"] = errors };
}

/// <summary>ffmpeg ended with an error. Whether trying again helps is for the caller to say.</summary>
public sealed class FfmpegException(int exitCode, IReadOnlyList<string> errors, IReadOnlyDictionary<string, object?> details)
    : Exception($"ffmpeg failed with exit code {exitCode}: {(errors.Count > 0 ? errors[^1] : "it gave no reason")}")
{
    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<string> Errors { get; } = errors;

    public IReadOnlyDictionary<string, object?> Details { get; } = details;
}
