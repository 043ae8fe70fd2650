using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

public sealed class JobsApiTests : ApiFixture
{
    private static readonly string[] Fields =
    [
        "id", "videoId", "channelId", "jobType", "status", "priority", "attempts", "maxAttempts", "errorMessage", "errorDetails", "waitReason", "progress",
        "queuedAt", "startedAt", "completedAt", "githubWorkflowRunId", "hangfireJobId", "worker", "createdAt", "updatedAt", "lostAttempts",
        "durationSeconds", "waitSeconds", "speed", "etaSeconds", "parameters", "result",
    ];

    [Test]
    public async Task A_job_is_enqueued_and_found_again()
    {
        var video = await NewVideoAsync();
        using var response = await SendAsync(
            HttpMethod.Post,
            "/api/jobs",
            JsonSerializer.Serialize(new { videoId = Id(video), jobType = "transform", priority = 0, maxAttempts = 7, parameters = new { trim = 3 } }));
        var job = await ReadAsync(response, HttpStatusCode.Created);

        var found = await GetAsync($"/api/jobs/{Id(job)}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.Location?.ToString(), Is.EqualTo($"/api/jobs/{Id(job)}"));
            Assert.That(job.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(Fields));
            Assert.That(found.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(Fields.Append("history")));
            Assert.That(
                (Text(job, "jobType"), Text(job, "status"), job.GetProperty("priority").GetInt32(), job.GetProperty("maxAttempts").GetInt32()),
                Is.EqualTo(("transform", "queued", 0, 7)));
            Assert.That(job.GetProperty("parameters").GetProperty("trim").GetInt32(), Is.EqualTo(3));
            Assert.That(job.GetProperty("progress").GetDouble(), Is.Zero);
            Assert.That(Text(job, "queuedAt"), Does.EndWith("Z"));
        }
    }

    [Test]
    public async Task A_queued_job_names_the_background_job_that_waits_in_its_stead()
    {
        var job = await NewJobAsync();

        await Eventually.TrueAsync(async () => Text(await GetAsync($"/api/jobs/{Id(job)}"), "hangfireJobId") is not null, "it has one");
        var named = Text(await GetAsync($"/api/jobs/{Id(job)}"), "hangfireJobId");
        var listed = (await GetAsync($"/api/jobs?videoId={job.GetProperty("videoId").GetInt64()}&jobType=transform")).GetProperty("items").EnumerateArray().Single();

        Assert.That(Text(listed, "hangfireJobId"), Is.EqualTo(named));
        using var page = await Client.GetAsync($"/hangfire/jobs/details/{named}");
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain($"Job {Id(job)}<"));
    }

    [Test]
    public async Task A_channel_beside_a_video_must_be_its_own()
    {
        var video = await NewVideoAsync();
        var other = await NewChannelAsync();
        var body = new { jobType = "transform", videoId = Id(video), channelId = Id(other) };

        using var refused = await PostWithKeyAsync(body, "a channel's key");
        await AssertProblemAsync(refused, HttpStatusCode.BadRequest, "channelId");
        var own = body with { channelId = video.GetProperty("channelId").GetInt64() };
        using var created = await PostWithKeyAsync(own, "a channel's key");
        using var repeated = await PostWithKeyAsync(own, "a channel's key");

        Assert.That((created.StatusCode, repeated.StatusCode), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.OK)));
    }

    [TestCase("""{"videoId":{id}}""", HttpStatusCode.BadRequest, "jobType")]
    [TestCase("""{"videoId":{id},"jobType":"paint"}""", HttpStatusCode.BadRequest, "jobType")]
    [TestCase("""{"videoId":{id},"jobType":2}""", HttpStatusCode.BadRequest, "jobType")]
    [TestCase("""{"videoId":{id},"jobType":"Transform"}""", HttpStatusCode.BadRequest, "jobType")]
    [TestCase("""{"videoId":{id},"jobType":"transform","priority":11}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"videoId":{id},"jobType":"transform","priority":-1}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"videoId":{id},"jobType":"transform","priority":"5"}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"videoId":{id},"jobType":"transform","priority":1.5}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"videoId":{id},"jobType":"transform","priority":99999999999999999999}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"videoId":{id},"jobType":"transform","maxAttempts":0}""", HttpStatusCode.BadRequest, "maxAttempts")]
    [TestCase("""{"videoId":{id},"jobType":"transform","githubWorkflowRunId":0}""", HttpStatusCode.BadRequest, "githubWorkflowRunId")]
    [TestCase("""{"videoId":{id},"jobType":"transform","parameters":[1]}""", HttpStatusCode.BadRequest, "parameters")]
    [TestCase("""{"videoId":{id},"jobType":"transform","colour":1}""", HttpStatusCode.BadRequest, "colour")]
    [TestCase("""{"videoId":{id},"jobType":"transform","jobType":"publish"}""", HttpStatusCode.BadRequest, "jobType")]
    [TestCase("""{"jobType":"transform"}""", HttpStatusCode.BadRequest, "videoId")]
    [TestCase("""{"jobType":"scrape"}""", HttpStatusCode.BadRequest, "channelId")]
    [TestCase("""{"videoId":{id},"jobType":"scrape","channelId":1}""", HttpStatusCode.BadRequest, "videoId")]
    [TestCase("""{"videoId":999999,"jobType":"transform"}""", HttpStatusCode.NotFound, "videoId")]
    [TestCase("""{"channelId":999999,"jobType":"scrape"}""", HttpStatusCode.NotFound, "channelId")]
    [TestCase("""{"videoId":{id},"jobType":""", HttpStatusCode.BadRequest, "body")]
    [TestCase("{\"videoId\":{id},\"jobType\":\"transform\"} x", HttpStatusCode.BadRequest, "body")]
    [TestCase("5", HttpStatusCode.BadRequest, "body")]
    [TestCase("null", HttpStatusCode.BadRequest, "body")]
    [TestCase("", HttpStatusCode.BadRequest, "body")]
    public async Task Bad_input_is_named_and_writes_nothing(string body, HttpStatusCode status, string field)
    {
        var video = await NewVideoAsync();
        var before = await CountAsync();

        using var response = await SendAsync(HttpMethod.Post, "/api/jobs", body.Replace("{id}", $"{Id(video)}", StringComparison.Ordinal));

        await AssertProblemAsync(response, status, field);
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_second_active_job_of_the_type_is_a_conflict()
    {
        var job = await NewJobAsync();

        using var response = await SendAsync(
            HttpMethod.Post, "/api/jobs", JsonSerializer.Serialize(new { videoId = job.GetProperty("videoId").GetInt64(), jobType = "transform" }));

        await AssertProblemAsync(response, HttpStatusCode.Conflict, field: null);
    }

    [Test]
    public async Task Twenty_requests_with_one_key_make_one_job()
    {
        var body = new { videoId = Id(await NewVideoAsync()), jobType = "publish" };

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostWithKeyAsync(body, "one key")));

        var answers = await Task.WhenAll(responses.Select(async response => JsonElement.Parse(await response.Content.ReadAsStringAsync())));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Created), Is.EqualTo(1));
            Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.OK), Is.EqualTo(19));
            Assert.That(answers.Select(Id).Distinct().Count(), Is.EqualTo(1));
        }

        using var other = await PostWithKeyAsync(new { videoId = Id(await NewVideoAsync()), jobType = "publish" }, "one key");
        await AssertProblemAsync(other, HttpStatusCode.Conflict, field: null);
        using var tooLong = await PostWithKeyAsync(body, new string('k', 201));
        await AssertProblemAsync(tooLong, HttpStatusCode.BadRequest, "Idempotency-Key");
    }

    [Test]
    public async Task Pages_neither_repeat_nor_miss_a_job_while_others_are_added()
    {
        var channel = await NewChannelAsync();
        var expected = new List<long>();
        for (var i = 0; i < 7; i++)
        {
            expected.Insert(0, Id((await NewVideoAsync(channel)).GetProperty("stages")[0]));
        }

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/jobs?channelId={Id(channel)}&limit=3" + (cursor is null ? null : $"&cursor={cursor}"));
            seen.AddRange(Ids(page));
            cursor = Text(page, "nextCursor");
            await NewVideoAsync(channel);
        }
        while (cursor is not null);

        Assert.That(seen, Is.EqualTo(expected));
    }

    [Test]
    public async Task Filters_narrow_the_list()
    {
        var failed = await NewFailedJobAsync();
        var video = failed.GetProperty("videoId").GetInt64();

        Assert.That(Ids(await GetAsync($"/api/jobs?status=failed&jobType=transform&videoId={video}&maxAttemptsReached=true")), Is.EqualTo(new[] { Id(failed) }));
        Assert.That(Ids(await GetAsync($"/api/jobs?status=failed&videoId={video}&maxAttemptsReached=false")), Is.Empty);
        Assert.That(Ids(await GetAsync($"/api/jobs?status=queued&jobType=&videoId={video}")), Has.Count.EqualTo(1), "the download; an empty value is none");
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&errorContains=broke")), Is.EqualTo(new[] { Id(failed) }));
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&createdAfter={Text(failed, "createdAt")}")), Is.EqualTo(new[] { Id(failed) }));
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&createdBefore=2020-01-01T00:00:00%2B02:00")), Is.Empty);
    }

    [Test]
    public async Task Whether_attempts_are_used_up_is_asked_of_failed_jobs()
    {
        var completed = await NewJobAsync(new { githubWorkflowRunId = 8, maxAttempts = 1 });
        await PostAsync($"/api/jobs/{Id(completed)}/workflow-status", new { status = "completed", errorMessage = "" });
        var video = completed.GetProperty("videoId").GetInt64();
        var failed = await NewFailedJobAsync();

        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&maxAttemptsReached=true")), Is.Empty);
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&maxAttemptsReached=false")), Is.Empty, "the next stage waits");
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={video}&status=completed&maxAttemptsReached=true")), Is.EqualTo(new[] { Id(completed) }));
        Assert.That(Ids(await GetAsync($"/api/jobs?videoId={failed.GetProperty("videoId").GetInt64()}&maxAttemptsReached=true")), Is.EqualTo(new[] { Id(failed) }));
    }

    [TestCase("status=done", "status")]
    [TestCase("status=3", "status")]
    [TestCase("status=Queued", "status")]
    [TestCase("status=queued&status=failed", "status")]
    [TestCase("jobType=paint", "jobType")]
    [TestCase("videoId=x", "videoId")]
    [TestCase("channelId=1.5", "channelId")]
    [TestCase("maxAttemptsReached=maybe", "maxAttemptsReached")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=501", "limit")]
    [TestCase("limit=many", "limit")]
    [TestCase("cursor=abc", "cursor")]
    [TestCase("cursor=%3F", "cursor")]
    [TestCase("stauts=failed", "stauts")]
    [TestCase("errorContains=x&createdAfter=yesterday", "createdAfter")]
    [TestCase("createdAfter=2026-01-02&createdBefore=2026-01-01", "createdBefore")]
    public async Task A_wrong_query_is_named(string query, string field)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/api/jobs?{query}");

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [TestCase("GET", "", null)]
    [TestCase("PATCH", "", """{"priority":1}""")]
    [TestCase("POST", "/retry", null)]
    [TestCase("POST", "/cancel", null)]
    [TestCase("GET", "/explain", null)]
    [TestCase("POST", "/workflow-status", """{"status":"completed"}""")]
    public async Task An_unknown_job_is_not_found(string method, string action, string? body)
    {
        using var response = await SendAsync(new HttpMethod(method), $"/api/jobs/999999{action}", body);

        await AssertProblemAsync(response, HttpStatusCode.NotFound, "id");
    }

    [Test]
    public async Task A_job_is_cancelled_and_retried()
    {
        var job = await NewJobAsync();

        Assert.That(Text(await PostAsync($"/api/jobs/{Id(job)}/cancel"), "status"), Is.EqualTo("cancelled"));
        await PostAsync($"/api/jobs/{Id(job)}/cancel", expected: HttpStatusCode.Conflict);
        await PatchAsync($"/api/jobs/{Id(job)}", new { priority = 1 }, HttpStatusCode.Conflict);
        Assert.That(Text(await PostAsync($"/api/jobs/{Id(job)}/retry"), "status"), Is.EqualTo("queued"));
        await PostAsync($"/api/jobs/{Id(job)}/retry", expected: HttpStatusCode.Conflict);
    }

    [TestCase("{}", "priority")]
    [TestCase("""{"priority":11}""", "priority")]
    [TestCase("""{"priority":true}""", "priority")]
    [TestCase("""{"status":"completed"}""", "status")]
    public async Task Only_a_priority_from_0_to_10_can_be_set(string body, string field)
    {
        var job = await NewJobAsync();

        using var response = await SendAsync(HttpMethod.Patch, $"/api/jobs/{Id(job)}", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That((await PatchAsync($"/api/jobs/{Id(job)}", new { priority = 10 })).GetProperty("priority").GetInt32(), Is.EqualTo(10));
    }

    [Test]
    public async Task An_explanation_says_what_blocks_a_job()
    {
        var explanation = await GetAsync($"/api/jobs/{Id(await NewJobAsync())}/explain");

        Assert.That(explanation.GetProperty("blockedBy")[0].GetString(), Is.EqualTo("No node that is alive has transform workers."));
        Assert.That(explanation.GetProperty("rank").ValueKind, Is.EqualTo(JsonValueKind.Number));
    }

    [Test]
    public async Task Failed_jobs_that_match_are_retried_together()
    {
        var one = await NewFailedJobAsync();
        var other = await NewFailedJobAsync();
        var filter = new { videoId = one.GetProperty("videoId").GetInt64(), maxAttemptsReached = true };

        var counted = await PostAsync("/api/jobs/retry", new { filter, dryRun = true });
        var answer = await PostAsync("/api/jobs/retry", new { filter });

        Assert.That(Numbers(counted, "matched", "changed", "skipped", "retried"), Is.EqualTo(new[] { 1, 1, 0, 0 }));
        Assert.That(Numbers(answer, "matched", "changed", "skipped", "retried"), Is.EqualTo(new[] { 1, 1, 0, 1 }));
        Assert.That(Ids(answer), Is.EqualTo(new[] { Id(one) }));
        Assert.That(Text(await GetAsync($"/api/jobs/{Id(other)}"), "status"), Is.EqualTo("failed"));
        Assert.That(Ids(await PostAsync("/api/jobs/retry", new { filter = new { status = "failed", errorContains = "it BROKE", videoId = other.GetProperty("videoId").GetInt64() } })), Is.EqualTo(new[] { Id(other) }));
    }

    [Test]
    public async Task Jobs_are_cancelled_and_reprioritised_together()
    {
        var channel = await NewChannelAsync();
        var jobs = new[] { await NewVideoAsync(channel), await NewVideoAsync(channel) }.Select(video => Id(video.GetProperty("stages")[0])).ToArray();

        var raised = await PostAsync("/api/jobs/reprioritise", new { ids = jobs.Append(999_999), priority = 8 });
        var cancelled = await PostAsync("/api/jobs/cancel", new { filter = new { channelId = Id(channel) } });
        var again = await PostAsync("/api/jobs/cancel", new { ids = jobs });

        Assert.That(Numbers(raised, "matched", "changed", "skipped"), Is.EqualTo(new[] { 2, 2, 0 }));
        Assert.That(raised.GetProperty("items").EnumerateArray().Select(job => job.GetProperty("priority").GetInt32()), Is.All.EqualTo(8));
        Assert.That(Ids(cancelled), Is.EquivalentTo(jobs));
        Assert.That(Numbers(again, "matched", "changed", "skipped"), Is.EqualTo(new[] { 2, 0, 2 }));
    }

    [TestCase("retry", "{}", "filter")]
    [TestCase("retry", """{"filter":{"status":"queued"}}""", "filter.status")]
    [TestCase("retry", """{"filter":{"jobType":"paint"}}""", "filter.jobType")]
    [TestCase("retry", """{"filter":{"colour":"red"}}""", "filter.colour")]
    [TestCase("retry", """{"filter":{"errorContains":""}}""", "filter.errorContains")]
    [TestCase("retry", """{"filter":{"createdAfter":"2026-01-02","createdBefore":"2026-01-01"}}""", "filter.createdBefore")]
    [TestCase("retry", """{"filter":5}""", "filter")]
    [TestCase("retry", """{"ids":[]}""", "ids")]
    [TestCase("retry", """{"ids":["1"]}""", "ids[0]")]
    [TestCase("retry", """{"ids":null}""", "filter")]
    [TestCase("retry", """{"ids":[1],"filter":{}}""", "ids")]
    [TestCase("retry", """{"filter":{},"dryRun":1}""", "dryRun")]
    [TestCase("cancel", "{}", "filter")]
    [TestCase("cancel", """{"filter":{"status":"failed"}}""", "filter.status")]
    [TestCase("cancel", """{"filter":{},"priority":1}""", "priority")]
    [TestCase("reprioritise", """{"filter":{}}""", "priority")]
    [TestCase("reprioritise", """{"filter":{},"priority":11}""", "priority")]
    [TestCase("reprioritise", """{"priority":1}""", "filter")]
    [TestCase("reprioritise", """{"filter":{"status":"completed"},"priority":1}""", "filter.status")]
    public async Task A_bulk_operation_needs_a_good_selection(string operation, string body, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/api/jobs/{operation}", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [Test]
    public async Task More_ids_than_allowed_are_refused()
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/jobs/cancel", JsonSerializer.Serialize(new { ids = Enumerable.Range(1, 1001) }));

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "ids");
    }

    [Test]
    public async Task A_workflow_takes_its_job_to_the_end_and_the_next_stage_follows()
    {
        var job = await NewJobAsync(new { githubWorkflowRunId = 42 });
        var report = $"/api/jobs/{Id(job)}/workflow-status";

        Assert.That(Text(await PostAsync(report, new { status = "processing" }), "status"), Is.EqualTo("processing"));
        Assert.That(Text(await PostAsync(report, new { status = "completed" }), "status"), Is.EqualTo("completed"));

        await PostAsync(report, new { status = "failed" }, HttpStatusCode.Conflict);
        var next = await GetAsync($"/api/jobs?jobType=publish&videoId={job.GetProperty("videoId").GetInt64()}");
        Assert.That(Ids(next), Has.Count.EqualTo(1));
        var history = (await GetAsync($"/api/jobs/{Id(job)}")).GetProperty("history").EnumerateArray().Single();
        Assert.That((Text(history, "outcome"), Text(history, "worker")), Is.EqualTo(("completed", "github-run/42")));
    }

    [Test]
    public async Task A_workflows_failure_is_kept_with_its_details()
    {
        var job = await NewFailedJobAsync(maxAttempts: 2);

        Assert.That((Text(job, "status"), Text(job, "errorMessage")), Is.EqualTo(("retrying", "It broke.")));
        Assert.That(job.GetProperty("errorDetails").ValueKind, Is.EqualTo(JsonValueKind.Object));
    }

    [TestCase("{}", HttpStatusCode.BadRequest, "status")]
    [TestCase("""{"status":"queued"}""", HttpStatusCode.BadRequest, "status")]
    [TestCase("""{"status":"completed","colour":1}""", HttpStatusCode.BadRequest, "colour")]
    [TestCase("""{"status":"completed","errorMessage":"It broke."}""", HttpStatusCode.BadRequest, "errorMessage")]
    [TestCase("""{"status":"completed"}""", HttpStatusCode.Conflict, null)]
    public async Task A_wrong_report_changes_nothing(string body, HttpStatusCode status, string? field)
    {
        var job = await NewJobAsync();

        using var response = await SendAsync(HttpMethod.Post, $"/api/jobs/{Id(job)}/workflow-status", body);

        await AssertProblemAsync(response, status, field);
        Assert.That(Text(await GetAsync($"/api/jobs/{Id(job)}"), "status"), Is.EqualTo("queued"));
    }

    private static IEnumerable<int> Numbers(JsonElement answer, params string[] fields) => fields.Select(field => answer.GetProperty(field).GetInt32());

    [Test]
    public async Task Without_a_secret_the_webhook_is_closed()
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/webhooks/github", "{}");

        await AssertProblemAsync(response, HttpStatusCode.Forbidden, field: null);
    }

    private async Task<HttpResponseMessage> PostWithKeyAsync(object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await Client.SendAsync(request);
    }
}
