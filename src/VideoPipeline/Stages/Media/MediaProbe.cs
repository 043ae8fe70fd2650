using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Media;

/// <summary>Looks into media files with ffprobe.</summary>
public sealed class MediaProbe(IOptions<FfmpegOptions> options, IOptions<MediaLimits> limits, TimeProvider time)
{
    /// <param name="path">Absolute, and chosen by this program: titles and names of sources never get on a command line.</param>
    /// <param name="name">What people call the file; for messages.</param>
    /// <exception cref="PermanentFailureException">The file is not a playable video.</exception>
    public async Task<MediaInfo> ProbeAsync(string path, string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var json = new StringBuilder();
        MediaProcessResult result;
        try
        {
            result = await MediaProcess.RunAsync(
                options.Value.PathOf("ffprobe"), ArgumentsFor(path, limits.Value), line => json.AppendLine(line), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException($"Looking into {name} took longer than {options.Value.ProbeTimeout.TotalSeconds:0} s.");
        }

        if (result.ExitCode != 0)
        {
            if (limits.Value.Problem(result.Errors) is { } tooLarge)
            {
                throw Refusal(name, tooLarge, result);
            }

            throw ProbeFailure.Explain(name, result.ExitCode, result.Errors, await HeadAsync(path, cancellationToken));
        }

        try
        {
            var media = ProbeOutput.Parse(json.ToString());

            // A picture that ffprobe refused to look at has no size, so it isn't there.
            if ((limits.Value.Problem(media) ?? (media.Video is null ? limits.Value.Problem(result.Errors) : null)) is { } problem)
            {
                throw Refusal(name, problem, result);
            }

            return MediaFormats.ExtensionOf(media.Container) is not null
                ? media
                : throw new PermanentFailureException($"{name} is not a playable video: its format ({media.Container}) is not taken in.");
        }
        catch (JsonException exception)
        {
            throw new TransientFailureException($"ffprobe's answer about {name} can't be read.", exception);
        }
    }

    internal static string ArgumentsFor(string path, MediaLimits limits) =>
        $"-v error -hide_banner {limits.Arguments} -protocol_whitelist file -format_whitelist {MediaFormats.Whitelist} -of json -show_format -show_streams -i {CommandLine.Quote(path)}";

    private static PermanentFailureException Refusal(string name, string problem, MediaProcessResult result) => new($"{name} is not taken in: {problem}")
    {
        Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["program"] = "ffprobe", ["exitCode"] = result.ExitCode, ["errors"] = result.Errors },
    };

    private static async Task<byte[]> HeadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
        var head = new byte[64];
        return head[..await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken)];
    }
}

internal static class CommandLine
{
    /// <summary>A path as one argument.</summary>
    /// <exception cref="PermanentFailureException">The data folder's path has a character that can't be passed on safely.</exception>
    public static string Quote(string path) => path.AsSpan().ContainsAny('"', '\n', '\\') && !OperatingSystem.IsWindows()
        ? throw new PermanentFailureException($"The path {path} has a quote, a backslash or a line break in it. Use a data folder without.")
        : $"\"{path}\"";
}
