using System.Net;
using VideoPipeline.Cli;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Tests.Cli;

/// <summary>What the service's errors are to people and to scripts.</summary>
public sealed class RefusalTests
{
    private static readonly Uri Url = new("http://127.0.0.1:5080/");

    [TestCase(HttpStatusCode.BadRequest, ExitCode.Failed)]
    [TestCase(HttpStatusCode.Conflict, ExitCode.Failed)]
    [TestCase(HttpStatusCode.InternalServerError, ExitCode.Failed)]
    [TestCase(HttpStatusCode.Found, ExitCode.Failed)]
    [TestCase(HttpStatusCode.Unauthorized, ExitCode.NotAuthorised)]
    [TestCase(HttpStatusCode.Forbidden, ExitCode.NotAuthorised)]
    [TestCase(HttpStatusCode.NotFound, ExitCode.NotFound)]
    [TestCase(HttpStatusCode.BadGateway, ExitCode.NotReachable)]
    [TestCase(HttpStatusCode.ServiceUnavailable, ExitCode.NotReachable)]
    public void Each_has_its_exit_code(HttpStatusCode status, int exitCode) =>
        Assert.That(Refusal.Of(status, "", "to retry job 7", Url).ExitCode, Is.EqualTo(exitCode));

    [Test]
    public void Too_many_wrong_keys_are_told_apart_from_a_proxy_that_is_busy()
    {
        const string problem = """{"title":"Too Many Requests","status":429,"detail":"Too many wrong keys came from this address."}""";

        Assert.That(Refusal.Of(HttpStatusCode.TooManyRequests, problem, what: null, Url).ExitCode, Is.EqualTo(ExitCode.NotAuthorised));
        Assert.That(Refusal.Of(HttpStatusCode.TooManyRequests, "<html>", what: null, Url).ExitCode, Is.EqualTo(ExitCode.Failed));
    }

    [Test]
    public void The_fields_are_named()
    {
        const string problem = """{"title":"Bad Request","status":400,"detail":"two things","errors":{"name":["is required"],"source.url":["must be absolute"]}}""";

        var failure = Refusal.Of(HttpStatusCode.BadRequest, problem, "the channel Films", Url);

        Assert.That(failure.Message, Is.EqualTo("the service refuses the channel Films: name is required; source.url must be absolute"));
        Assert.That(failure.ToJson(), Is.EqualTo(problem));
    }

    [Test]
    public void What_is_unknown_is_told_with_its_id() => Assert.That(
        Refusal.Of(HttpStatusCode.NotFound, """{"detail":"There is no job 7.","errors":{"id":["is unknown"]}}""", what: null, Url).Message,
        Is.EqualTo("the service says: There is no job 7."));

    [Test]
    public void An_answer_that_is_no_problem_is_told_by_its_status_and_never_printed()
    {
        var failure = Refusal.Of(HttpStatusCode.InternalServerError, "<html>\u001b[2J", "to retry job 7", Url);

        Assert.That(failure.Message, Is.EqualTo("the service refuses to retry job 7: it answers 500"));
        Assert.That(failure.ToJson(), Is.EqualTo("""{"title":"Failed","detail":"the service refuses to retry job 7: it answers 500","exitCode":1}"""));
    }

    [Test]
    public void A_reason_from_outside_is_safe_to_print() => Assert.That(
        Refusal.Of(HttpStatusCode.Conflict, """{"detail":"no\u001b[2J"}""", "this", Url).Message, Does.EndWith("no [2J"));
}
