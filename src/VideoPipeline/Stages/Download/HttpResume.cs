using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace VideoPipeline.Stages.Download;

/// <summary>What is known of the file that a partial download belongs to; kept beside it.</summary>
/// <param name="ETag">A strong one, with its quotes; null when the server gave none.</param>
/// <param name="TotalBytes">Null when the server didn't say.</param>
public sealed record RemoteFile(string Url, string? ETag, DateTimeOffset? LastModified, long? TotalBytes);

/// <summary>What to do with an answer to a request for the rest of a file.</summary>
public enum ResumeDecision
{
    /// <summary>The answer continues where the partial file ends.</summary>
    Append,

    /// <summary>The answer is the whole file: what is there is thrown away.</summary>
    StartOver,

    /// <summary>What is there is the whole file already.</summary>
    Complete,

    /// <summary>What is there doesn't belong to the file that the server has now: throw it away and ask for the whole.</summary>
    AskAgain,

    /// <summary>The answer is a failure.</summary>
    Fail,
}

/// <summary>Range requests, https://www.rfc-editor.org/rfc/rfc9110#name-range-requests: pure decisions.</summary>
public static class HttpResume
{
    // https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    private const string ChallengeHeader = "cf-mitigated";

    /// <summary>
    /// Adds what asks for the rest after so many bytes, provided that the file is still the same; nothing when there is no
    /// way for the server to tell.
    /// </summary>
    /// <returns>False when the whole is asked for.</returns>
    public static bool AddRange(HttpRequestHeaders headers, RemoteFile? known, string url, long have)
    {
        if (have <= 0 || known is null || known.Url != url || (known.ETag is null && known.LastModified is null))
        {
            return false;
        }

        headers.Range = new(have, null);
        headers.IfRange = known.ETag is not null ? new(known.ETag) : new(known.LastModified!.Value);
        return true;
    }

    /// <param name="have">Bytes in the partial file.</param>
    /// <param name="asked">Whether the request asked for a range.</param>
    public static ResumeDecision Decide(HttpStatusCode status, ContentRangeHeaderValue? range, RemoteFile? known, long have, bool asked) => status switch
    {
        HttpStatusCode.PartialContent when asked && range?.From == have && (range.Length is null || known?.TotalBytes is null || range.Length == known.TotalBytes)
            => ResumeDecision.Append,

        // Another range than the one asked for, or of a file of another size: not to be trusted.
        HttpStatusCode.PartialContent when asked => ResumeDecision.AskAgain,
        HttpStatusCode.OK => ResumeDecision.StartOver,

        // "bytes */1234": there is nothing after what we have, if that is all of it.
        HttpStatusCode.RequestedRangeNotSatisfiable when asked => range?.Length == have && (known?.TotalBytes is null || known.TotalBytes == have)
            ? ResumeDecision.Complete
            : ResumeDecision.AskAgain,
        _ => ResumeDecision.Fail,
    };

    /// <summary>What an answer says of the file.</summary>
    public static RemoteFile Describe(string url, HttpResponseMessage response)
    {
        var total = response.StatusCode == HttpStatusCode.PartialContent
            ? response.Content.Headers.ContentRange?.Length
            : response.Content.Headers.ContentLength;

        // A weak tag promises the same meaning, not the same bytes: of no use for putting two halves together.
        var tag = response.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;
        return new(url, tag, response.Content.Headers.LastModified, total);
    }

    /// <summary>The failure that an answer stands for.</summary>
    /// <param name="now">For a <c>Retry-After</c> in seconds.</param>
    /// <param name="what">What was asked for.</param>
    public static StageException Failure(HttpStatusCode status, HttpResponseHeaders headers, DateTimeOffset now, string what = "file")
    {
        var code = (int)status;
        var answer = string.Create(CultureInfo.InvariantCulture, $"The server answered {code} ({status})");
        var until = RetryAt(headers.RetryAfter, now);
        if (code == 429 || (code is 403 or 503 && until is not null))
        {
            return new SourceRefusedException($"{answer} and asks to come again later.", until);
        }

        if (code == 403 && headers.TryGetValues(ChallengeHeader, out _))
        {
            return new SourceRefusedException($"{answer}: it takes this service for a robot.");
        }

        return code switch
        {
            404 or 410 => new PermanentFailureException($"The {what} is not there any more: {answer}."),
            401 or 403 or 407 => new PermanentFailureException($"Access was refused: {answer}."),
            408 or 425 => new TransientFailureException($"{answer}."),
            >= 300 and < 400 => new PermanentFailureException($"{answer}: too many redirects, or one to where none may lead."),
            >= 400 and < 500 => new PermanentFailureException($"{answer}."),
            >= 500 => new TransientFailureException($"{answer}."),
            _ => new PermanentFailureException($"{answer}, which is no {what}."),
        };
    }

    private static DateTimeOffset? RetryAt(RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var wait = retryAfter?.Delta ?? (retryAfter?.Date - now);
        if (wait is null)
        {
            return null;
        }

        // A server that asks for weeks, by mistake or not, is asked again tomorrow; one whose clock is behind, in a second.
        return now + TimeSpan.FromSeconds(Math.Clamp(wait.Value.TotalSeconds, 1, TimeSpan.FromHours(24).TotalSeconds));
    }
}
