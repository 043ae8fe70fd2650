using System.Net;
using Microsoft.Extensions.Options;
using VideoPipeline.GitHub;

namespace VideoPipeline.Tests.GitHub;

internal sealed class GitHubClientTests
{
    private const string Run = """{"id":7,"run_attempt":1,"status":"completed","conclusion":"success"}""";

    [TestCase(HttpStatusCode.MovedPermanently)]
    [TestCase(HttpStatusCode.TemporaryRedirect)]
    public async Task A_repository_that_has_another_name_now_is_asked_under_that_one_with_the_token(HttpStatusCode status)
    {
        using var http = new Http(request => request.RequestUri!.AbsolutePath.StartsWith("/repos/me/old/", StringComparison.Ordinal)
            ? Http.Answer(status, "{}", "https://api.github.test/repositories/42/actions/runs/7")
            : Http.Answer(HttpStatusCode.OK, Run));

        var run = await http.Client.GetRunAsync("me/old", 7, CancellationToken.None);

        Assert.That(run?.Conclusion, Is.EqualTo("success"));
        Assert.That(http.Sent, Is.EqualTo(new[]
        {
            "GET https://api.github.test/repos/me/old/actions/runs/7 Bearer secret", "GET https://api.github.test/repositories/42/actions/runs/7 Bearer secret",
        }));
    }

    [TestCase("https://elsewhere.test/repositories/42")]
    [TestCase("http://api.github.test/repositories/42")]
    [TestCase("https://api.github.test:8443/repositories/42")]
    public async Task The_token_is_sent_nowhere_else(string location)
    {
        using var http = new Http(_ => Http.Answer(HttpStatusCode.MovedPermanently, """{"message":"Moved Permanently"}""", location));

        var refused = (await Assert.ThrowsAsync<GitHubException>(() => http.Client.GetRunAsync("me/old", 7, CancellationToken.None)))!;

        Assert.That((refused.Kind, http.Sent.Count), Is.EqualTo((GitHubFailureKind.Refused, 1)));
        Assert.That(refused.Message, Does.Contain("301 (Moved Permanently)").And.Contain(location).And.Contain("GitHub:Dispatch:TYPE:Repository"));
    }

    [Test]
    public async Task Whoever_is_led_around_gives_up()
    {
        using var http = new Http(request => Http.Answer(HttpStatusCode.TemporaryRedirect, "{}", request.RequestUri!.AbsoluteUri));

        var refused = (await Assert.ThrowsAsync<GitHubException>(() => http.Client.CancelRunAsync("me/old", 7, CancellationToken.None)))!;

        Assert.That((refused.Kind, http.Sent.Count), Is.EqualTo((GitHubFailureKind.Refused, 2)));
        Assert.That(http.Sent, Is.All.StartsWith("POST "));
    }

    [Test]
    public async Task A_run_is_gone_when_its_repository_is_there_and_the_run_is_not()
    {
        using var http = new Http(request => request.RequestUri!.AbsolutePath == "/repos/me/videos"
            ? Http.Answer(HttpStatusCode.OK, """{"id":42}""")
            : Http.Answer(HttpStatusCode.NotFound, """{"message":"Not Found"}"""));

        Assert.That(await http.Client.GetRunAsync("me/videos", 7, CancellationToken.None), Is.Null);
        Assert.That(async () => await http.Client.CancelRunAsync("me/videos", 7, CancellationToken.None), Throws.Nothing);
    }

    [Test]
    public async Task Nobody_knows_of_a_run_in_a_repository_that_the_token_may_not_see()
    {
        using var http = new Http(_ => Http.Answer(HttpStatusCode.NotFound, """{"message":"Not Found"}"""));

        var refused = (await Assert.ThrowsAsync<GitHubException>(() => http.Client.GetRunAsync("me/videos", 7, CancellationToken.None)))!;

        Assert.That(refused.Message, Does.StartWith("Asking for me/videos: ").And.Contain("may not see it"));
        Assert.That(
            async () => await http.Client.CancelRunAsync("me/videos", 7, CancellationToken.None),
            Throws.InstanceOf<GitHubException>().With.Message.EqualTo(refused.Message), "nor is it known to be stopped");
    }

    /// <summary>Answers in the network's stead.</summary>
    private sealed class Http : HttpMessageHandler, IHttpClientFactory
    {
        private readonly Func<HttpRequestMessage, HttpResponseMessage> _answer;

        public Http(Func<HttpRequestMessage, HttpResponseMessage> answer)
        {
            _answer = answer;
            Client = new(this, Options.Create(new GitHubOptions { ApiUrl = "https://api.github.test", Token = "secret" }), TimeProvider.System);
        }

        public GitHubClient Client { get; }

        public List<string> Sent { get; } = [];

        public static HttpResponseMessage Answer(HttpStatusCode status, string body, string? location = null) => new(status)
        {
            Content = new StringContent(body),
            Headers = { Location = location is null ? null : new Uri(location) },
        };

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Add($"{request.Method} {request.RequestUri} {request.Headers.Authorization}");
            return Task.FromResult(_answer(request));
        }
    }
}
