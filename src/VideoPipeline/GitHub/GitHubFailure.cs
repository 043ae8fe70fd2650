using System.Globalization;
using System.Net;
using System.Text.Json;

namespace VideoPipeline.GitHub;

/// <summary>What a failed call to GitHub means.</summary>
internal enum GitHubFailureKind
{
    /// <summary>Nobody knows whether it had its effect: no answer, or an error of GitHub's own.</summary>
    Unsure,

    /// <summary>Asked too often; nothing was done.</summary>
    RateLimited,

    /// <summary>There is no such thing, or the token may not see it.</summary>
    NotFound,

    /// <summary>Not this way, however often: the token, the workflow or its inputs are wrong. Nothing was done.</summary>
    Refused,
}

/// <summary>A call to GitHub has failed.</summary>
/// <param name="until">Not to be asked before, when it was asked too often.</param>
internal sealed class GitHubException(GitHubFailureKind kind, string message, DateTimeOffset? until = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>GitHub asks for at least a minute when it names no time.</summary>
    private static readonly TimeSpan SlowDown = TimeSpan.FromMinutes(1);

    /// <summary>A clock that is wrong, here or there, must not stop everything for days.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(2);

    public GitHubFailureKind Kind { get; } = kind;

    public DateTimeOffset? Until { get; } = until;

    /// <summary>Of an answer that is no success.</summary>
    /// <param name="what">What was asked for, for people.</param>
    /// <seealso href="https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"/>
    public static GitHubException Of(HttpResponseMessage response, string body, string what, DateTimeOffset now)
    {
        var status = response.StatusCode;
        var words = $"{what}: GitHub answers {(int)status} ({WordsOf(body) ?? response.ReasonPhrase})";
        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden && PauseOf(response, body, now) is { } until)
        {
            return new(GitHubFailureKind.RateLimited, $"{words}. It is asked again at {until:u}.", until);
        }

        return status switch
        {
            HttpStatusCode.Unauthorized => new(GitHubFailureKind.Refused, $"{words}. The token (GitHub:Token or GitHub:TokenFile) is wrong or has expired."),
            HttpStatusCode.Forbidden => new(GitHubFailureKind.Refused, $"{words}. The token needs the permission Actions: read and write for the repository."),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new(
                GitHubFailureKind.NotFound, $"{words}. There is no such repository, workflow or run, or the token may not see it."),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new(
                GitHubFailureKind.Refused,
                $"{words}, and leads elsewhere: {response.Headers.Location}. GitHub:Dispatch:TYPE:Repository must be the repository's present name, and GitHub:ApiUrl the address that answers."),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(GitHubFailureKind.Unsure, $"{words}."),
            _ => new(GitHubFailureKind.Refused, $"{words}."),
        };
    }

    /// <summary>Null when it isn't about how often it was asked.</summary>
    private static DateTimeOffset? PauseOf(HttpResponseMessage response, string body, DateTimeOffset now)
    {
        var latest = now + LongestPause;
        DateTimeOffset? until = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => now + delta,
            { Date: { } date } => date,
            _ when Number(response, "X-RateLimit-Remaining") == 0 && Number(response, "X-RateLimit-Reset") is { } reset && reset is > 0 and < uint.MaxValue =>
                DateTimeOffset.FromUnixTimeSeconds(reset),
            _ when response.StatusCode == HttpStatusCode.TooManyRequests || body.Contains("rate limit", StringComparison.OrdinalIgnoreCase) => now + SlowDown,
            _ => null,
        };
        return until is null ? null : until > latest ? latest : until < now ? now + SlowDown : until;
    }

    private static long? Number(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? WordsOf(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) ? message.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
