using System.Net;
using Google;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Requests;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Tests.Stages.YouTube;

public sealed class YouTubeFailureTests
{
    [TestCase(400, "uploadLimitExceeded", YouTubeFailureKind.UploadLimit)]
    [TestCase(400, "invalidTitle", YouTubeFailureKind.Permanent)]
    [TestCase(401, "authError", YouTubeFailureKind.Permanent)]
    [TestCase(403, "quotaExceeded", YouTubeFailureKind.QuotaExceeded)]
    [TestCase(403, "dailyLimitExceeded", YouTubeFailureKind.QuotaExceeded)]
    [TestCase(403, "rateLimitExceeded", YouTubeFailureKind.TooFast)]
    [TestCase(403, "userRateLimitExceeded", YouTubeFailureKind.TooFast)]
    [TestCase(403, "forbidden", YouTubeFailureKind.Permanent)]
    [TestCase(404, "videoNotFound", YouTubeFailureKind.NotFound)]
    [TestCase(410, null, YouTubeFailureKind.NotFound)]
    [TestCase(408, null, YouTubeFailureKind.Transient)]
    [TestCase(429, null, YouTubeFailureKind.TooFast)]
    [TestCase(500, "backendError", YouTubeFailureKind.Transient)]
    [TestCase(503, null, YouTubeFailureKind.Transient)]
    [TestCase(0, null, YouTubeFailureKind.Transient)]
    public void Of_the_Data_API(int status, string? reason, YouTubeFailureKind kind)
    {
        var exception = new GoogleApiException("youtube", "words")
        {
            HttpStatusCode = (HttpStatusCode)status,
            Error = new RequestError { Message = "Google's words", Errors = reason is null ? [] : [new SingleError { Reason = reason }] },
        };

        var failure = YouTubeFailure.Of(exception);

        Assert.That(failure.Kind, Is.EqualTo(kind));
        Assert.That(failure.Message, Does.Contain("Google's words").And.Contain(reason ?? ""));
    }

    [TestCase("invalid_grant", YouTubeFailureKind.Permanent, "youtube-login")]
    [TestCase("invalid_client", YouTubeFailureKind.Permanent, "ClientId")]
    [TestCase("temporarily_unavailable", YouTubeFailureKind.Transient, "no access token")]
    public void Of_the_token_endpoint(string error, YouTubeFailureKind kind, string words)
    {
        var failure = YouTubeFailure.Of(new TokenResponseException(new TokenErrorResponse { Error = error, ErrorDescription = "Expired." }));

        Assert.That(failure.Kind, Is.EqualTo(kind));
        Assert.That(failure.Message, Does.Contain(words).And.Contain("Expired."));
    }

    [Test]
    public void Of_the_network() => Assert.That(
        YouTubeFailure.Of(new HttpRequestException("outer", new IOException("the cable"))),
        Is.EqualTo(new YouTubeFailure(YouTubeFailureKind.Transient, "YouTube can't be reached: the cable")));
}
