using FFMpegCore;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Media;

/// <param name="Position">How much media it wrote.</param>
/// <param name="Errors">The last lines of its standard error.</param>
public sealed record FfmpegResult(TimeSpan Position, IReadOnlyList<string> Errors);

/// <summary>Runs ffmpeg on local files.</summary>
public sealed class Ffmpeg(IOptions<FfmpegOptions> options, TimeProvider time)
{
    // Moving the index of a long file to its front (fast start) reads and writes all of it once more, without a sign of life.
    private const int FinishingFactor = 12;

    // 128 and the number of the signal: SIGKILL, SIGTERM.
    private const int Killed = 137;
    private const int Terminated = 143;

    /// <summary>The command line of a run, from a local file to a local file, as far as it is the same for every run.</summary>
    /// <param name="input">Absolute, and chosen by this program.</param>
    /// <param name="output">Absolute, or <c>-</c> with a format that writes nothing.</param>
    /// <param name="verbosity">ffmpeg's <c>-v</c>.</param>
    public static string Arguments(
        string input, string output, Action<FFMpegInputOptions> addInput, Action<FFMpegOutputOptions> addOutput, string verbosity = "warning")
    {
        _ = CommandLine.Quote(input);
        _ = CommandLine.Quote(output);
        return FFMpegArguments
            .FromFileInput(input, verifyExists: false, before =>
            {
                // Only what is in the file itself may be read: no network, no playlists that name other files.
                before.WithCustomArgument(
                    $"-nostdin -hide_banner -v {verbosity} -nostats -progress pipe:1 -protocol_whitelist file,pipe -format_whitelist {MediaFormats.Whitelist}");
                addInput(before);
            })
            .OutputToFile(output, overwrite: true, addOutput)
            .Arguments;
    }

    /// <param name="duration">Of the media, for the progress; null when unknown.</param>
    /// <param name="report">Percent of this run.</param>
    /// <exception cref="FfmpegException">ffmpeg failed; the exception has its exit code and what it wrote.</exception>
    /// <exception cref="TransientFailureException">It stood still for too long, was killed, or could not be started.</exception>
    public async Task<FfmpegResult> RunAsync(
        string arguments, TimeSpan? duration, Action<StageProgress> report, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(options.Value.StallTimeout ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
        var reader = new FfmpegProgressReader();
        var position = TimeSpan.Zero;
        MediaProcessResult result;
        try
        {
            result = await MediaProcess.RunAsync(options.Value.PathOf("ffmpeg"), arguments, OnOutput, either.Token);
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
