using System.Net;
using VideoPipeline.GitHub;

namespace VideoPipeline.Tests.GitHub;

internal sealed class GitHubFailureTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [TestCase(401, """{"message":"Bad credentials"}""", GitHubFailureKind.Refused, "Bad credentials")]
    [TestCase(403, """{"message":"Resource not accessible by personal access token"}""", GitHubFailureKind.Refused, "Actions: read and write")]
    [TestCase(404, """{"message":"Not Found"}""", GitHubFailureKind.NotFound, "may not see it")]
    [TestCase(422, """{"message":"No ref found for: mian"}""", GitHubFailureKind.Refused, "mian")]
    [TestCase(500, "<html>", GitHubFailureKind.Unsure, "500")]
    [TestCase(502, "", GitHubFailureKind.Unsure, "502")]
    public void What_an_answer_means(int status, string body, GitHubFailureKind kind, string words)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        var failure = GitHubException.Of(response, body, "Starting it", Now);

        Assert.That((failure.Kind, failure.Until), Is.EqualTo((kind, (DateTimeOffset?)null)));
        Assert.That(failure.Message, Does.StartWith("Starting it: GitHub answers").And.Contains(words));
    }

    [TestCase(429, null, null, null, "", 60)]
    [TestCase(429, "30", null, null, "", 30)]
    [TestCase(403, "30", null, null, "", 30)]
    [TestCase(403, null, "0", "1800000100", "", 100)]
    [TestCase(403, null, "0", "1799999999", "", 60, Description = "over already, by our clock")]
    [TestCase(403, null, "0", "1900000000", "", 7200, Description = "a clock is wrong")]
    [TestCase(403, null, "12", "1800000100", """{"message":"You have exceeded a secondary rate limit."}""", 60)]
    public void How_long_GitHub_wants_to_be_left_alone(int status, string? retryAfter, string? remaining, string? reset, string body, int seconds)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        Add("Retry-After", retryAfter);
        Add("X-RateLimit-Remaining", remaining);
        Add("X-RateLimit-Reset", reset);

        var failure = GitHubException.Of(response, body, "Starting it", Now);

        Assert.That((failure.Kind, failure.Until), Is.EqualTo((GitHubFailureKind.RateLimited, (DateTimeOffset?)Now.AddSeconds(seconds))));

        void Add(string header, string? value)
        {
            if (value is not null)
            {
                response.Headers.TryAddWithoutValidation(header, value);
            }
        }
    }
}
