using System.Net;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

public sealed class StatisticsApiTests : ApiFixture
{
    [Test]
    public async Task The_history_has_every_hour_of_the_last_day()
    {
        var job = await NewJobAsync(new { githubWorkflowRunId = 1 });
        await PostAsync($"/api/jobs/{Id(job)}/workflow-status", new { status = "completed" });
        await NewFailedJobAsync();

        var history = await GetAsync("/api/statistics/history?jobType=transform");

        var items = history.GetProperty("items").EnumerateArray().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(items, Has.Count.EqualTo(25).Or.Count.EqualTo(24));
            Assert.That(Text(history, "bucket"), Is.EqualTo("hour"));
            Assert.That(items.Sum(item => item.GetProperty("completed").GetInt32()), Is.EqualTo(1));
            Assert.That(items.Sum(item => item.GetProperty("failed").GetInt32()), Is.EqualTo(1));
            Assert.That(items[0].GetProperty("successRate").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(Text(history, "from"), Is.EqualTo(Text(items[0], "start")).And.EndsWith(":00:00Z"));
        }
    }

    [Test]
    public async Task Times_without_an_offset_are_UTC()
    {
        var history = await GetAsync("/api/statistics/history?bucket=day&from=2026-01-30&to=2026-01-31T12:00:00");

        Assert.That(
            history.GetProperty("items").EnumerateArray().Select(item => Text(item, "start")), Is.EqualTo(new[] { "2026-01-30T00:00:00Z", "2026-01-31T00:00:00Z" }));
    }

    [TestCase("?bucket=week", "bucket")]
    [TestCase("?from=yesterday", "from")]
    [TestCase("?from=1/2/2026", "from")]
    [TestCase("?to=9999-12-31T00:00:00Z", "to")]
    [TestCase("?from=2026-01-31&to=2026-01-30", "from")]
    [TestCase("?from=2020-01-01&bucket=minute", "from")]
    [TestCase("?jobType=paint", "jobType")]
    public async Task A_bad_range_is_named(string query, string field)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/api/statistics/history{query}");

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [Test]
    public async Task Prometheus_gets_metrics_and_those_of_requests_by_route()
    {
        using var invented = await SendAsync(new HttpMethod("BREW"), "/api/queue");
        using var otherwise = await SendAsync(new HttpMethod("gEt"), "/api/queue");
        var job = await NewJobAsync();
        await GetAsync($"/api/jobs/{Id(job)}");

        using var response = await Client.GetAsync("/metrics");

        var text = await response.Content.ReadAsStringAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/plain"));
            Assert.That(text, Does.Contain("""videopipeline_jobs{job_type="transform",status="queued"} """));
            Assert.That(text, Does.Match("""videopipeline_http_requests_total\{method="GET",code="200",endpoint="/api/jobs/\{id:long\}/?"\} [1-9]"""));
            Assert.That((otherwise.StatusCode, text), Is.EqualTo((HttpStatusCode.OK, text)));
            Assert.That(text, Does.Not.Contain("BREW").And.Not.Contain("gEt"), "whoever invents methods makes no metrics");
        }
    }
}
