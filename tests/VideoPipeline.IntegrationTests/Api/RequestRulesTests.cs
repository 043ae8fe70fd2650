using System.Net;
using System.Net.Http.Headers;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>What holds for every request, whatever it asks for.</summary>
public sealed class RequestRulesTests : ApiFixture
{
    private const int TenMegabytes = 10_000_000;

    [TestCase("GET", "/nowhere", HttpStatusCode.NotFound)]
    [TestCase("GET", "/api/jobs/abc", HttpStatusCode.NotFound)]
    [TestCase("DELETE", "/api/jobs/1", HttpStatusCode.MethodNotAllowed)]
    [TestCase("PUT", "/api/queue", HttpStatusCode.MethodNotAllowed)]
    [TestCase("BREW", "/api/queue", HttpStatusCode.NotImplemented)]
    public async Task Wrong_ways_are_problem_details_too(string method, string url, HttpStatusCode status)
    {
        using var response = await SendAsync(new HttpMethod(method), url);

        await AssertProblemAsync(response, status, field: null);
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json; charset=nonsense")]
    [TestCase("application/json; charset=utf-16")]
    public async Task Only_json_is_read(string contentType)
    {
        using var body = new StringContent("{}");
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await Client.PostAsync("/api/queue/pause", body);

        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "Content-Type");
        Assert.That((await GetAsync("/api/queue")).GetProperty("paused").GetBoolean(), Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_long_body_is_refused_whether_or_not_its_length_was_announced(bool chunked)
    {
        var before = await CountAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = new ByteArrayContent(new byte[TenMegabytes]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await Client.SendAsync(request);

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "body");
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [TestCase("http://evil.example", HttpStatusCode.Forbidden)]
    [TestCase("null", HttpStatusCode.Forbidden)]
    [TestCase("http://127.0.0.1", HttpStatusCode.Forbidden)]
    [TestCase("{own}", HttpStatusCode.OK)]
    public async Task Pages_of_other_origins_change_nothing(string origin, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/queue/resume");
        request.Headers.Add("Origin", origin.Replace("{own}", Client.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));

        using var response = await Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(status));
        if (status == HttpStatusCode.Forbidden)
        {
            await AssertProblemAsync(response, status, "Origin");
        }
    }

    [TestCase("evil.example", HttpStatusCode.BadRequest)]
    [TestCase("127.0.0.1.evil.example:5080", HttpStatusCode.BadRequest)]
    [TestCase("localhost:1234", HttpStatusCode.OK)]
    [TestCase("[::1]:5080", HttpStatusCode.OK)]
    public async Task Only_names_of_this_machine_are_answered(string host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/queue");
        request.Headers.Host = host;

        using var response = await Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task The_document_lists_every_route_with_its_problems()
    {
        string[] routes =
        [
            "POST /api/channels", "GET /api/channels", "GET /api/channels/{id}", "PATCH /api/channels/{id}", "DELETE /api/channels/{id}",
            "POST /api/channels/{id}/scrape", "POST /api/channels/{id}/resume", "POST /api/videos", "GET /api/videos", "GET /api/videos/{id}", "POST /api/jobs", "GET /api/jobs",
            "GET /api/jobs/{id}", "PATCH /api/jobs/{id}", "POST /api/jobs/{id}/retry", "POST /api/jobs/{id}/cancel", "GET /api/jobs/{id}/explain",
            "POST /api/jobs/{id}/workflow-status", "POST /api/webhooks/github", "POST /api/jobs/retry", "GET /api/queue", "POST /api/queue/pause", "POST /api/queue/resume",
            "POST /api/queue/process-next", "POST /api/queue/process-batch", "POST /api/queue/process-retrying", "GET /api/statistics", "GET /api/statistics/history", "GET /api/events", "GET /api/notifications", "POST /api/notifications/{id}/retry", "GET /api/nodes",
            "GET /health/live", "GET /health/ready",
        ];

        var document = await GetAsync("/openapi/v1.json");

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Route: $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(operations.Select(operation => operation.Route), Is.SupersetOf(routes));
            Assert.That(operations.Where(operation => !operation.Value.TryGetProperty("summary", out _)).Select(operation => operation.Route), Is.Empty);
            Assert.That(
                operations.Where(operation => operation.Route.Contains("/api/") && !operation.Value.GetProperty("responses").TryGetProperty("400", out _))
                    .Select(operation => operation.Route),
                Is.Empty);
            Assert.That(
                document.GetProperty("components").GetProperty("schemas").GetProperty("JobStatus").GetProperty("enum").EnumerateArray().Select(name => name.GetString()),
                Is.EqualTo(new[] { "queued", "processing", "completed", "failed", "retrying", "cancelled" }));
        }
    }

    [Test]
    public async Task What_is_wrong_is_a_page_for_a_browser_and_problem_details_for_everybody_else()
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/nothing") { Headers = { { "Accept", "text/html,*/*;q=0.8" } } };
        using var page = await Client.SendAsync(asked);
        using var api = new HttpRequestMessage(HttpMethod.Get, "/api/nothing") { Headers = { { "Accept", "text/html,*/*;q=0.8" } } };
        using var problem = await Client.SendAsync(api);
        using var root = await Client.GetAsync("/");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((page.StatusCode, page.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.NotFound, "text/html")));
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("There is nothing at /nothing."));
            Assert.That((problem.StatusCode, problem.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.NotFound, "application/problem+json")));
            Assert.That((root.StatusCode, root.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/html")));
        }
    }
}
