using System.Text.RegularExpressions;
using VideoPipeline.Jobs;

namespace VideoPipeline.Stages.YtDlp;

/// <summary>Says what a failure of yt-dlp means, from what it wrote. It has one exit code for nearly everything.</summary>
internal static partial class YtDlpFailure
{
    private const int MaxLength = 400;

    // 128 and the number of the signal: SIGKILL, SIGTERM.
    private const int Killed = 137;
    private const int Terminated = 143;

    // A stream that runs, or has yet to begin, can be fetched once it is over.
    private static readonly TimeSpan LiveWait = TimeSpan.FromHours(1);

    /// <param name="errors">The last lines of its standard error.</param>
    /// <param name="listing">True when a source was listed: then a refusal concerns all of it.</param>
    public static StageException Explain(int exitCode, IReadOnlyList<string> errors, bool listing, DateTimeOffset now)
    {
        var line = errors.LastOrDefault(error => error.StartsWith("ERROR:", StringComparison.Ordinal)) ?? (errors.Count > 0 ? errors[^1] : "");
        var said = Said(line);
        var details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["program"] = "yt-dlp", ["exitCode"] = exitCode, ["errors"] = errors };
        if (exitCode is Killed or Terminated)
        {
            return new TransientFailureException("yt-dlp was killed by something else: by the system for want of memory, perhaps.") { Details = details };
        }

        if (FullDisk.Is([line]))
        {
            return FullDisk.Snooze($"The disk is full: {said}", now);
        }

        if (Blocked().IsMatch(line) || (listing && Forbidden().IsMatch(line)))
        {
            return new SourceRefusedException($"The site refuses for now: {said}") { Details = details };
        }

        if (NotYet().IsMatch(line))
        {
            return Live(now);
        }

        return Hopeless().IsMatch(line)
            ? new PermanentFailureException($"It can't be fetched: {said}") { Details = details }
            : new TransientFailureException($"yt-dlp failed: {said}") { Details = details };
    }

    public static SnoozeException Live(DateTimeOffset now) => new("It is a live stream that has yet to end.", now + LiveWait);

    /// <summary>The line without its ornaments: the mark, the request to report it, all that a log would choke on.</summary>
    private static string Said(string line)
    {
        var said = Ornaments().Replace(line, "").Trim();
        said = new string([.. said.Where(c => !char.IsControl(c))]);
        said = said.Length > MaxLength ? said[..MaxLength] + "…" : said;
        return said.Length == 0 ? "it gave no reason" : said;
    }

    [GeneratedRegex(@"HTTP Error 429|Too Many Requests|not a (ro)?bot|\bcaptcha\b|unusual traffic|rate.?limit|try again later|IP (address )?(is likely being|has been) blocked|anti-bot|HTTP Error 503.*Retry", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocked();

    [GeneratedRegex("HTTP Error 403|403: Forbidden", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Forbidden();

    [GeneratedRegex("live event will begin|Premieres in|is not currently live|live stream is offline|will begin in a few moments|waiting for the stream", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NotYet();

    [GeneratedRegex(@"HTTP Error (404|410|401)|Unsupported URL|is not a valid URL|Video unavailable|Private video|video is private|has been removed|been terminated|no longer available|members.only|Join this channel|not available in your country|not made this video available|confirm your age|DRM|Requested format is not available|account associated with this video|No video formats found|no video in this post", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hopeless();

    [GeneratedRegex(@"^ERROR:\s*|; please report this issue on .*$|\. Confirm you are on the latest version .*$|\s*\(caused by .*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ornaments();
}
