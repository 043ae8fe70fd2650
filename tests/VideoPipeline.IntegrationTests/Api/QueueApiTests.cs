using System.Net;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>One after the other: they pause and process the one queue.</summary>
public sealed class QueueApiTests : ApiFixture
{
    [TearDown]
    public async Task TidyAsync()
    {
        await PostAsync("/api/queue/resume");
        foreach (var job in (await GetAsync("/api/jobs?limit=500")).GetProperty("items").EnumerateArray()
            .Where(job => Text(job, "status") is "queued" or "retrying"))
        {
            await PostAsync($"/api/jobs/{Id(job)}/cancel");
        }
    }

    [Test]
    public async Task The_queue_is_counted_by_type()
    {
        await NewJobAsync();

        var queue = await GetAsync("/api/queue");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(queue.GetProperty("queued").GetInt32(), Is.EqualTo(2));
            Assert.That(queue.GetProperty("paused").GetBoolean(), Is.False);
            Assert.That(queue.GetProperty("byType").EnumerateObject().Select(type => type.Name), Is.EqualTo(new[] { "scrape", "download", "transform", "publish" }));
            Assert.That(queue.GetProperty("byType").GetProperty("transform").GetProperty("queued").GetInt32(), Is.EqualTo(1));
            Assert.That(queue.GetProperty("byType").GetProperty("transform").GetProperty("workers").GetInt32(), Is.Zero);
        }
    }

    [Test]
    public async Task A_paused_type_does_not_run_until_it_is_resumed()
    {
        var job = await NewJobAsync(new { maxAttempts = 1 });

        var queue = await PostAsync("/api/queue/pause", new { jobType = "transform", reason = "disk" });
        var transform = queue.GetProperty("byType").GetProperty("transform");
        Assert.That(
            (queue.GetProperty("paused").GetBoolean(), transform.GetProperty("paused").GetBoolean(), Text(transform, "reason"), Text(transform, "pausedBy")),
            Is.EqualTo((false, true, "disk", "local")));
        Assert.That(Text(transform, "pausedAt"), Does.EndWith("Z"));
        await PostAsync("/api/queue/process-next", new { jobType = "transform" }, HttpStatusCode.NoContent);
        Assert.That((await GetAsync($"/api/jobs/{Id(job)}/explain")).GetProperty("blockedBy")[0].GetString(), Does.Contain("disk"));

        await PostAsync("/api/queue/resume", new { jobType = "transform" });
        Assert.That(Id(await PostAsync("/api/queue/process-next", new { jobType = "transform" })), Is.EqualTo(Id(job)));
    }

    [Test]
    public async Task A_pause_ends_by_itself_when_its_time_has_come()
    {
        await NewJobAsync();
        var until = TimeProvider.System.GetUtcNow().AddSeconds(1);

        var queue = await PostAsync("/api/queue/pause", new { until });

        Assert.That(queue.GetProperty("paused").GetBoolean(), Is.True);
        Assert.That(queue.GetProperty("byType").GetProperty("scrape").GetProperty("until").GetDateTimeOffset(), Is.EqualTo(until).Within(1).Milliseconds);
        await Eventually.TrueAsync(async () => !(await GetAsync("/api/queue")).GetProperty("paused").GetBoolean(), "the pause is over");
        Assert.That(TimeProvider.System.GetUtcNow(), Is.GreaterThanOrEqualTo(until));
    }

    [TestCase("/pause", """{"until":"2020-01-01T00:00:00Z"}""", "until")]
    [TestCase("/pause", """{"until":"soon"}""", "until")]
    [TestCase("/pause", """{"jobType":"paint"}""", "jobType")]
    [TestCase("/pause", """{"reason":7}""", "reason")]
    [TestCase("/pause", """{"pausedBy":"me"}""", "pausedBy")]
    [TestCase("/resume", """{"jobType":"paint"}""", "jobType")]
    [TestCase("/process-next", """{"jobType":"paint"}""", "jobType")]
    [TestCase("/process-batch", "{}", "batchSize")]
    [TestCase("/process-batch", """{"batchSize":0}""", "batchSize")]
    [TestCase("/process-batch", """{"batchSize":1001}""", "batchSize")]
    [TestCase("/process-batch", """{"batchSize":"all"}""", "batchSize")]
    [TestCase("/process-batch", null, "body")]
    public async Task A_bad_request_is_named_and_changes_nothing(string action, string? body, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/api/queue{action}", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That((await GetAsync("/api/queue")).GetProperty("byType").EnumerateObject().Any(type => type.Value.GetProperty("paused").GetBoolean()), Is.False);
    }

    [Test]
    public async Task Jobs_are_processed_by_priority_and_failures_do_not_stop_a_batch()
    {
        var low = await NewJobAsync(new { priority = 1, maxAttempts = 1 });
        var high = await NewJobAsync(new { priority = 9, maxAttempts = 1 });

        var batch = await PostAsync("/api/queue/process-batch", new { batchSize = 5, jobType = "transform" });

        Assert.That(Ids(batch), Is.EqualTo(new[] { Id(high), Id(low) }));
        Assert.That(batch.GetProperty("items").EnumerateArray().Select(job => Text(job, "status")), Is.All.EqualTo("failed"), "there is nothing to transform");
    }

    [Test]
    public async Task Nothing_waits_means_no_content()
    {
        await PostAsync("/api/queue/process-next", expected: HttpStatusCode.NoContent);
        Assert.That(Ids(await PostAsync("/api/queue/process-batch", new { batchSize = 3 })), Is.Empty);
        Assert.That(Ids(await PostAsync("/api/queue/process-retrying")), Is.Empty);
    }

    [Test]
    public async Task Statistics_count_by_status_and_by_type()
    {
        var failed = await NewFailedJobAsync();
        var completed = await NewJobAsync(new { githubWorkflowRunId = 1 });
        await PostAsync($"/api/jobs/{Id(completed)}/workflow-status", new { status = "completed" });

        var all = await GetAsync("/api/statistics");
        var transform = await GetAsync("/api/statistics?jobType=transform");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(transform.GetProperty("completed").GetInt32(), Is.GreaterThanOrEqualTo(1));
            Assert.That(transform.GetProperty("failed").GetInt32(), Is.GreaterThanOrEqualTo(1));
            Assert.That(transform.GetProperty("successRate").GetDouble(), Is.InRange(0.1, 99.9));
            Assert.That(transform.GetProperty("totalJobs").GetInt32(), Is.LessThan(all.GetProperty("totalJobs").GetInt32()));
            foreach (var field in new[] { "queued", "processing", "retrying", "cancelled", "averageProcessingTime", "averageWaitTime", "queueLength", "p50ProcessingTime", "p95ProcessingTime" })
            {
                Assert.That(all.GetProperty(field).ValueKind, Is.EqualTo(JsonValueKind.Number), field);
            }

            Assert.That(all.GetProperty("byType").GetProperty("transform").GetProperty("failed").GetInt32(), Is.EqualTo(transform.GetProperty("failed").GetInt32()));
        }

        using var wrong = await SendAsync(HttpMethod.Get, "/api/statistics?jobType=paint");
        await AssertProblemAsync(wrong, HttpStatusCode.BadRequest, "jobType");
    }
}
