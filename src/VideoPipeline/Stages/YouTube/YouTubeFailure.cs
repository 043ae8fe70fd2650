using System.Net;
using Google;
using Google.Apis.Auth.OAuth2.Responses;

namespace VideoPipeline.Stages.YouTube;

/// <summary>What an error of YouTube's means for a job.</summary>
public enum YouTubeFailureKind
{
    /// <summary>May work when tried again.</summary>
    Transient,

    /// <summary>Won't work however often it is tried.</summary>
    Permanent,

    /// <summary>Too many calls in a short time.</summary>
    TooFast,

    /// <summary>The project's quota of the day is used up.</summary>
    QuotaExceeded,

    /// <summary>The channel's own limit on uploads is reached.</summary>
    UploadLimit,

    /// <summary>There is no such thing, or no more.</summary>
    NotFound,
}

/// <summary>An error of YouTube's, understood.</summary>
/// <param name="Message">For people, with YouTube's own words.</param>
public sealed record YouTubeFailure(YouTubeFailureKind Kind, string Message)
{
    /// <summary>
    /// By the reasons that Google documents: https://developers.google.com/youtube/v3/docs/errors, and for tokens RFC 6749,
    /// section 5.2.
    /// </summary>
    public static YouTubeFailure Of(Exception exception) => exception switch
    {
        TokenResponseException { Error: { } error } => OfToken(error),
        GoogleApiException google => OfGoogle(google),
        _ => new(YouTubeFailureKind.Transient, $"YouTube can't be reached: {Innermost(exception)}"),
    };

    private static YouTubeFailure OfToken(TokenErrorResponse error) => error.Error switch
    {
        "invalid_grant" => new(
            YouTubeFailureKind.Permanent,
            $"YouTube no longer accepts the stored sign-in (invalid_grant{Words(error)}). Sign in again with the command youtube-login, then retry the job."),
        "invalid_client" or "unauthorized_client" => new(
            YouTubeFailureKind.Permanent,
            $"Google doesn't accept VideoPipeline:YouTube:ClientId and ClientSecret ({error.Error}{Words(error)}). Set those of the client that was signed in with."),
        _ => new(YouTubeFailureKind.Transient, $"Google gives no access token: {error.Error}{Words(error)}."),
    };

    private static YouTubeFailure OfGoogle(GoogleApiException exception)
    {
        var reason = exception.Error?.Errors is { Count: > 0 } errors ? errors[0].Reason : null;
        var words = $"{exception.Error?.Message ?? exception.Message} ({(int)exception.HttpStatusCode}{(reason is null ? null : $", {reason}")})";
        return reason switch
        {
            "quotaExceeded" or "dailyLimitExceeded" or "dailyLimitExceededUnreg" => new(YouTubeFailureKind.QuotaExceeded, words),
            "uploadLimitExceeded" => new(YouTubeFailureKind.UploadLimit, words),
            "rateLimitExceeded" or "userRateLimitExceeded" or "uploadRateLimitExceeded" => new(YouTubeFailureKind.TooFast, $"YouTube asks to slow down: {words}"),
            _ => OfStatus(exception.HttpStatusCode, words),
        };
    }

    private static YouTubeFailure OfStatus(HttpStatusCode status, string words) => status switch
    {
        HttpStatusCode.Unauthorized => new(
            YouTubeFailureKind.Permanent, $"YouTube doesn't accept the sign-in: {words}. Sign in again with the command youtube-login, then retry the job."),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new(YouTubeFailureKind.NotFound, $"YouTube doesn't have it: {words}"),
        HttpStatusCode.TooManyRequests => new(YouTubeFailureKind.TooFast, $"YouTube asks to slow down: {words}"),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(YouTubeFailureKind.Transient, $"YouTube has a problem of its own: {words}"),
        default(HttpStatusCode) => new(YouTubeFailureKind.Transient, $"YouTube's answer can't be read: {words}"),
        _ => new(YouTubeFailureKind.Permanent, $"YouTube refuses: {words}"),
    };

    private static string? Words(TokenErrorResponse error) => string.IsNullOrEmpty(error.ErrorDescription) ? null : $": {error.ErrorDescription}";

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception.Message;
    }
}
