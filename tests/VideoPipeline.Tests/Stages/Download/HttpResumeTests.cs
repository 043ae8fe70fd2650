using System.Net;
using System.Net.Http.Headers;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.Tests.Stages.Download;

public sealed class HttpResumeTests
{
    private const string Url = "https://example.org/a.mp4";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RemoteFile Known = new(Url, "\"v1\"", null, 1000);

    [TestCase(HttpStatusCode.PartialContent, "bytes 400-999/1000", 400, true, ResumeDecision.Append)]
    [TestCase(HttpStatusCode.PartialContent, "bytes 400-999/*", 400, true, ResumeDecision.Append)]
    [TestCase(HttpStatusCode.PartialContent, "bytes 0-999/1000", 400, true, ResumeDecision.AskAgain)]
    [TestCase(HttpStatusCode.PartialContent, "bytes 400-1999/2000", 400, true, ResumeDecision.AskAgain)]
    [TestCase(HttpStatusCode.PartialContent, null, 400, true, ResumeDecision.AskAgain)]
    [TestCase(HttpStatusCode.PartialContent, "bytes 0-9/10", 0, false, ResumeDecision.Fail)]
    [TestCase(HttpStatusCode.OK, null, 400, true, ResumeDecision.StartOver)]
    [TestCase(HttpStatusCode.OK, null, 0, false, ResumeDecision.StartOver)]
    [TestCase(HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */1000", 1000, true, ResumeDecision.Complete)]
    [TestCase(HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */900", 1000, true, ResumeDecision.AskAgain)]
    [TestCase(HttpStatusCode.RequestedRangeNotSatisfiable, null, 1000, true, ResumeDecision.AskAgain)]
    [TestCase(HttpStatusCode.RequestedRangeNotSatisfiable, null, 0, false, ResumeDecision.Fail)]
    [TestCase(HttpStatusCode.NotFound, null, 400, true, ResumeDecision.Fail)]
    [TestCase(HttpStatusCode.NoContent, null, 0, false, ResumeDecision.Fail)]
    public void Answers(HttpStatusCode status, string? range, long have, bool asked, ResumeDecision decision) => Assert.That(
        HttpResume.Decide(status, range is null ? null : ContentRangeHeaderValue.Parse(range), Known, have, asked), Is.EqualTo(decision));

    [Test]
    public void The_rest_is_asked_for_if_the_file_is_still_the_same()
    {
        using var request = new HttpRequestMessage();

        Assert.That(HttpResume.AddRange(request.Headers, Known, Url, 400));
        Assert.That(request.Headers.Range!.ToString(), Is.EqualTo("bytes=400-"));
        Assert.That(request.Headers.IfRange!.ToString(), Is.EqualTo("\"v1\""));
    }

    [Test]
    public void A_date_does_when_there_is_no_tag()
    {
        using var request = new HttpRequestMessage();

        Assert.That(HttpResume.AddRange(request.Headers, Known with { ETag = null, LastModified = Now }, Url, 400));
        Assert.That(request.Headers.IfRange!.Date, Is.EqualTo(Now));
    }

    [Test]
    public void The_whole_is_asked_for_when_nothing_proves_that_it_is_the_same()
    {
        using var request = new HttpRequestMessage();

        Assert.Multiple(() =>
        {
            Assert.That(HttpResume.AddRange(request.Headers, Known, Url, 0), Is.False);
            Assert.That(HttpResume.AddRange(request.Headers, null, Url, 400), Is.False);
            Assert.That(HttpResume.AddRange(request.Headers, Known, Url + "?other", 400), Is.False);
            Assert.That(HttpResume.AddRange(request.Headers, Known with { ETag = null }, Url, 400), Is.False);
            Assert.That(request.Headers.Range, Is.Null);
        });
    }

    [TestCase("\"strong\"", "\"strong\"")]
    [TestCase("W/\"weak\"", null)]
    public void Weak_tags_prove_nothing(string tag, string? kept)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent(new byte[7]) };
        response.Headers.ETag = EntityTagHeaderValue.Parse(tag);

        Assert.That(HttpResume.Describe(Url, response), Is.EqualTo(new RemoteFile(Url, kept, null, 7)));
    }

    [TestCase(400, true)]
    [TestCase(401, true)]
    [TestCase(403, true)]
    [TestCase(404, true)]
    [TestCase(410, true)]
    [TestCase(451, true)]
    [TestCase(302, true)]
    [TestCase(204, true)]
    [TestCase(408, false)]
    [TestCase(500, false)]
    [TestCase(502, false)]
    [TestCase(503, false)]
    public void Failures(int status, bool permanent) => Assert.That(
        HttpResume.Failure((HttpStatusCode)status, Headers(), Now),
        permanent ? Is.InstanceOf<PermanentFailureException>() : Is.InstanceOf<TransientFailureException>());

    [TestCase(429, 30, 30)]
    [TestCase(503, 120, 120)]
    [TestCase(429, 0, 1)]
    [TestCase(429, 900_000, 86_400)]
    public void A_server_that_asks_to_wait_is_waited_for(int status, int seconds, int waited)
    {
        var failure = HttpResume.Failure((HttpStatusCode)status, Headers(new(TimeSpan.FromSeconds(seconds))), Now);

        Assert.That(failure, Is.InstanceOf<SourceRefusedException>().With.Property(nameof(SourceRefusedException.Until)).EqualTo(Now.AddSeconds(waited)));
    }

    [TestCase(60, 60)]
    [TestCase(-60, 1)]
    public void It_may_name_a_time(int seconds, int waited)
    {
        var failure = (SourceRefusedException)HttpResume.Failure(HttpStatusCode.TooManyRequests, Headers(new(Now.AddSeconds(seconds))), Now);

        Assert.That(failure.Until, Is.EqualTo(Now.AddSeconds(waited)));
    }

    [Test]
    public void A_server_that_has_enough_without_naming_a_time_is_left_alone() => Assert.That(
        HttpResume.Failure(HttpStatusCode.TooManyRequests, Headers(), Now), Is.InstanceOf<SourceRefusedException>().With.Property(nameof(SourceRefusedException.Until)).Null);

    [Test]
    public void A_check_for_robots_is_no_refusal_for_good()
    {
        var headers = Headers();
        headers.Add("cf-mitigated", "challenge");

        Assert.That(HttpResume.Failure(HttpStatusCode.Forbidden, headers, Now), Is.InstanceOf<SourceRefusedException>());
    }

    private static HttpResponseHeaders Headers(RetryConditionHeaderValue? retryAfter = null)
    {
        var headers = new HttpResponseMessage().Headers;
        headers.RetryAfter = retryAfter;
        return headers;
    }
}
