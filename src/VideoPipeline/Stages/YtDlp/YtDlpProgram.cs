using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.YtDlp;

/// <summary>
/// Runs yt-dlp, with arguments that keep it in bounds: no settings of the machine's user, no files outside of a folder of
/// ours, no names that come from the site, nothing but one http(s) URL.
/// </summary>
public sealed class YtDlpProgram(IOptions<YtDlpOptions> options, IOptions<FfmpegOptions> ffmpeg)
{
    // A listing of a hundred thousand entries has about 40 MB.
    private const int MaxOutput = 64 * 1024 * 1024;

    /// <summary>Runs to the end, and hands each line of the standard output on.</summary>
    /// <param name="url">From anywhere.</param>
    /// <param name="folder">Absolute, existing, of this run alone: where its files go.</param>
    /// <param name="onOutput">What it throws ends the run, and leaves.</param>
    /// <exception cref="PermanentFailureException">The URL may not be asked for, or the answer is beyond all measure.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; yt-dlp and what it has started are dead when this is thrown.</exception>
    internal async Task<MediaProcessResult> RunAsync(
        string url, bool allowPrivateNetworks, string folder, IEnumerable<string> arguments, Action<string> onOutput, CancellationToken cancellationToken)
    {
        var target = Target(url);
        if (!allowPrivateNetworks)
        {
            await NetworkGuard.DemandPublicAsync(target.IdnHost, cancellationToken);
        }

        var cookies = CopyCookies(folder);
        try
        {
            var start = new ProcessStartInfo(options.Value.Path) { WorkingDirectory = folder, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8 };

            // Python takes its output's encoding from the locale, which a service mostly hasn't.
            start.Environment["PYTHONIOENCODING"] = "utf-8";
            foreach (var argument in ArgumentsFor(target, folder, cookies, ffmpeg.Value.BinaryFolder, arguments))
            {
                start.ArgumentList.Add(argument);
            }

            return await MediaProcess.RunAsync(
                start, "install yt-dlp, or set VideoPipeline__YtDlp__Path", output => ReadLinesAsync(output, onOutput), cancellationToken);
        }
        finally
        {
            if (cookies is not null)
            {
                File.Delete(cookies);
            }
        }
    }

    /// <summary>The URL as it is passed on: yt-dlp would also take file names, searches (<c>ytsearch:</c>) and options.</summary>
    /// <exception cref="PermanentFailureException">It is no http(s) URL.</exception>
    internal static Uri Target(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var target) && (target.Scheme == Uri.UriSchemeHttp || target.Scheme == Uri.UriSchemeHttps) && target.Host.Length > 0
            ? target
            : throw new PermanentFailureException($"'{url}' is not an http or https URL.");

    /// <summary>The whole command line.</summary>
    internal static IEnumerable<string> ArgumentsFor(
        Uri target, string folder, string? cookies, string ffmpegFolder, IEnumerable<string> arguments)
    {
        // Settings of the user or the machine could name programs to run, and other places for files.
        yield return "--ignore-config";
        yield return "--no-cache-dir";
        yield return "--paths";
        yield return folder;
        yield return "--socket-timeout";
        yield return "30";
        yield return "--retries";
        yield return "3";
        yield return "--fragment-retries";
        yield return "3";

        // Its own reader of HLS and DASH where it has one: ffmpeg would open whatever a playlist names.
        yield return "--downloader";
        yield return "native";

        // What it has fetched may be a playlist that is called a video, and ffmpeg would put files of this machine in its place.
        // Picture and sound are put together under our limits. Repairs are left out: the transform needs none, and ffmpeg would
        // be run for each kind of them without limits. The ffprobe that is run for some sound tells yt-dlp the name of a codec.
        yield return "--postprocessor-args";
        yield return $"Merger+ffmpeg_i:-protocol_whitelist file,pipe -format_whitelist {MediaFormats.Whitelist}";
        yield return "--fixup";
        yield return "never";
        if (cookies is not null)
        {
            yield return "--cookies";
            yield return cookies;
        }

        if (ffmpegFolder.Length > 0)
        {
            yield return "--ffmpeg-location";
            yield return ffmpegFolder;
        }

        foreach (var argument in arguments)
        {
            yield return argument;
        }

        // Whatever follows is no option.
        yield return "--";
        yield return target.AbsoluteUri;
    }

    /// <summary>yt-dlp writes cookies back when it ends, and several run at once: each has a copy of its own, for its time.</summary>
    private string? CopyCookies(string folder)
    {
        if (options.Value.CookiesFile.Length == 0)
        {
            return null;
        }

        var copy = Path.Combine(folder, ".cookies");
        File.Delete(copy);
        try
        {
            var bytes = File.ReadAllBytes(options.Value.CookiesFile);
            var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new FileStream(copy, access);
            file.Write(bytes);
            return copy;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException io && !FullDisk.Is(io)))
        {
            throw new TransientFailureException($"The cookies can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>Line by line, with an end: sites decide what is in them.</summary>
    private static async Task ReadLinesAsync(StreamReader output, Action<string> onOutput)
    {
        var line = new StringBuilder();
        var buffer = new char[1 << 16];
        int read;
        while ((read = await output.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            var rest = buffer.AsMemory(0, read);
            while (rest.Span.IndexOf('\n') is >= 0 and var end)
            {
                line.Append(rest.Span[..end]);
                onOutput(line.ToString().TrimEnd('\r'));
                line.Clear();
                rest = rest[(end + 1)..];
            }

            line.Append(rest.Span);
            if (line.Length > MaxOutput)
            {
                throw new PermanentFailureException("yt-dlp's answer is too long to be read. Lower VideoPipeline__YtDlp__MaxEntries, or take a smaller part of the source.");
            }
        }

        if (line.Length > 0)
        {
            onOutput(line.ToString());
        }
    }
}
