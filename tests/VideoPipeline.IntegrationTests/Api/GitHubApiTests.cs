using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VideoPipeline.IntegrationTests.GitHub;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>The webhook and the reports of workflows over HTTP, on a service that has GitHub run its transforms.</summary>
[TestFixture]
internal sealed class GitHubApiTests : ApiFixture
{
    private const string PreviousSecret = "another secret of old";

    private GitHubServer _github = null!;
    private int _deliveries;

    private Uri Webhook => new(Client.BaseAddress!, "/api/webhooks/github");

    protected override async Task<IReadOnlyDictionary<string, string>> SettingsAsync()
    {
        _github = await GitHubServer.StartAsync();
        return NoWorkers
            .Concat(_github.Settings("transform", maxRuns: 100).Select(setting =>
                KeyValuePair.Create($"VideoPipeline__{setting.Name.Replace(":", "__", StringComparison.Ordinal)}", setting.Value)))
            .Append(KeyValuePair.Create("VideoPipeline__GitHub__PreviousWebhookSecrets__0", PreviousSecret))
            .ToDictionary(StringComparer.Ordinal);
    }

    [OneTimeTearDown]
    public async Task StopGitHubAsync() => await _github.DisposeAsync();

    [Test]
    public async Task A_job_is_run_by_GitHub_from_the_dispatch_to_the_webhook()
    {
        var job = await NewJobAsync();
        var run = await RunOfAsync(job);
        Assert.That(run.Inputs["api_url"], Is.EqualTo("http://127.0.0.1:5080"));

        // The workflow itself, and then GitHub: in the end once more.
        var report = new { status = "processing", progress = 40.5, runId = run.Id, runAttempt = 1, token = run.Inputs["token"] };
        Assert.That((await PostAsync($"/api/jobs/{Id(job)}/workflow-status", report)).GetProperty("progress").GetDouble(), Is.EqualTo(40.5));
        (run.Status, run.Conclusion) = ("completed", "success");
        var delivery = NewDelivery();
        Assert.That((await DeliverAsync(run, delivery)).GetProperty("applied").GetBoolean());
        Assert.That((await DeliverAsync(run, delivery, HttpStatusCode.Accepted)).GetProperty("summary").GetString(), Does.Contain("taken in before"));

        var completed = await GetAsync($"/api/jobs/{Id(job)}");
        Assert.That((Text(completed, "status"), completed.GetProperty("githubWorkflowRunId").GetInt64()), Is.EqualTo(("completed", run.Id)));
        Assert.That(Text(completed.GetProperty("history")[0], "worker"), Is.EqualTo("github/me/videos/transform.yml"));
    }

    [Test]
    public async Task A_repository_that_was_renamed_runs_jobs_all_the_same()
    {
        _github.IsRenamed = true;
        try
        {
            var job = await NewJobAsync();
            var run = await RunOfAsync(job);
            (run.Status, run.Conclusion) = ("completed", "success");

            await Eventually.TrueAsync(async () => Text(await GetAsync($"/api/jobs/{Id(job)}"), "status") == "completed", "GitHub is asked how it has ended");
        }
        finally
        {
            _github.IsRenamed = false;
        }
    }

    [Test]
    public async Task Files_that_the_workflow_has_stored_become_the_videos_artifacts()
    {
        var job = await NewJobAsync();
        var run = await RunOfAsync(job);
        var content = Encoding.UTF8.GetBytes("as if it were a video");
        var (key, size, sha256) = ($"{job.GetProperty("channelId")}/{job.GetProperty("videoId")}/output.mp4", content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
        object Report(string withKey) => new
        {
            status = "completed",
            runId = run.Id,
            runAttempt = 1,
            token = run.Inputs["token"],
            artifacts = new[] { new { kind = "output", key = withKey, sizeBytes = size, sha256 } },
        };
        var report = $"/api/jobs/{Id(job)}/workflow-status";

        // Not there yet, then another's.
        await PostAsync(report, Report(key), HttpStatusCode.BadRequest);
        await PostAsync(report, Report("999/999/output.mp4"), HttpStatusCode.BadRequest);
        var file = Path.Combine(Server.DataDirectory, "artifacts", key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, content);
        await PostAsync(report, Report(key));
        await PostAsync(report, Report(key));

        var video = await GetAsync($"/api/videos/{job.GetProperty("videoId")}");
        var artifact = video.GetProperty("artifacts").EnumerateArray().Single();
        Assert.That((Text(artifact, "kind"), Text(artifact, "key"), Text(artifact, "sha256")), Is.EqualTo(("output", key, sha256)));
    }

    [TestCase("""{"status":"failed","artifacts":[{"kind":"output","key":"1/1/output.mp4","sizeBytes":1,"sha256":"00"}]}""", "artifacts")]
    [TestCase("""{"status":"completed","artifacts":[{"kind":"output"}]}""", "artifacts")]
    [TestCase("""{"status":"completed","artifacts":[null]}""", "artifacts")]
    [TestCase("""{"status":"processing","progress":101}""", "progress")]
    [TestCase("""{"status":"completed","progress":50}""", "progress")]
    [TestCase("""{"status":"processing","errorMessage":"x"}""", "errorMessage")]
    [TestCase("""{"status":"failed","errorDetails":[1]}""", "errorDetails")]
    [TestCase("""{"status":"completed","permanent":true}""", "permanent")]
    [TestCase("""{"status":"completed","runId":0}""", "runId")]
    [TestCase("""{"status":"completed","runAttempt":-1}""", "runAttempt")]
    [TestCase("""{"status":"completed","token":"x"}""", "token")]
    [TestCase("""{"status":"failed","result":{}}""", "result")]
    [TestCase("""{"status":"completed","result":"done"}""", "result")]
    public async Task A_wrong_field_of_a_report_is_named(string body, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/jobs/1/workflow-status", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [Test]
    public async Task A_failure_is_kept_with_what_the_workflow_says_of_it()
    {
        var job = await NewJobAsync(new { githubWorkflowRunId = 77 });
        var report = new { status = "failed", errorMessage = "No such codec.", errorDetails = new { step = "encode" }, permanent = true, runId = 77, runAttempt = 1 };

        var failed = await PostAsync($"/api/jobs/{Id(job)}/workflow-status", report);

        Assert.That((Text(failed, "status"), Text(failed, "errorMessage")), Is.EqualTo(("failed", "No such codec.")));
        Assert.That(Text(failed.GetProperty("errorDetails").GetProperty("details"), "step"), Is.EqualTo("encode"));
        await PostAsync($"/api/jobs/{Id(job)}/workflow-status", new { status = "completed", runId = 78 }, HttpStatusCode.Conflict);
    }

    [Test]
    public async Task Only_who_knows_a_secret_is_heard()
    {
        var run = await RunOfAsync(await NewJobAsync());
        (run.Status, run.Conclusion) = ("completed", "success");
        foreach (var secret in new[] { null, string.Empty, "It's a secret to everybody" })
        {
            using var refused = await _github.DeliverAsync(Webhook, "workflow_run", GitHubServer.EventOf(run), NewDelivery(), secret);
            await AssertProblemAsync(refused, HttpStatusCode.Forbidden, "X-Hub-Signature-256");
        }

        Assert.That(Text(await GetAsync($"/api/jobs/{run.JobId}"), "status"), Is.EqualTo("processing"));
        using var taken = await _github.DeliverAsync(Webhook, "workflow_run", GitHubServer.EventOf(run), NewDelivery(), PreviousSecret);
        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("ping", """{"zen":"Keep it logically awesome."}""", HttpStatusCode.OK, "pong")]
    [TestCase("push", "{}", HttpStatusCode.Accepted, "Events push mean nothing here.")]
    [TestCase("workflow_run", """{"workflow_run":{"id":1,"status":"completed","conclusion":"success"}}""", HttpStatusCode.Accepted, "No job that is active is run by workflow run 1.")]
    [TestCase("workflow_job", """{"workflow_job":{"run_id":1,"run_attempt":1}}""", HttpStatusCode.Accepted, "No job that is active is run by workflow run 1.")]
    public async Task Other_events_are_taken(string name, string body, HttpStatusCode status, string summary)
    {
        using var response = await _github.DeliverAsync(Webhook, name, Encoding.UTF8.GetBytes(body), NewDelivery());

        Assert.That((await ReadAsync(response, status)).GetProperty("summary").GetString(), Is.EqualTo(summary));
    }

    [TestCase("workflow_run", "{", "body")]
    [TestCase("workflow_run", "[]", "workflow_run")]
    [TestCase("workflow_run", """{"workflow_run":{"id":"x"}}""", "workflow_run")]
    [TestCase("workflow_job", """{"workflow_job":7}""", "workflow_job")]
    [TestCase("", "{}", "X-GitHub-Event")]
    public async Task What_is_no_event_is_refused(string name, string body, string field)
    {
        using var response = await _github.DeliverAsync(Webhook, name, Encoding.UTF8.GetBytes(body), NewDelivery());

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [Test]
    public async Task A_body_that_is_too_long_is_refused()
    {
        using var response = await _github.DeliverAsync(Webhook, "workflow_run", new byte[2 * 1024 * 1024], NewDelivery());

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "body");
    }

    private string NewDelivery() => $"delivery-{Interlocked.Increment(ref _deliveries)}";

    private async Task<JsonElement> DeliverAsync(GitHubServerRun run, string delivery, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await _github.DeliverAsync(Webhook, "workflow_run", GitHubServer.EventOf(run), delivery);
        return await ReadAsync(response, expected);
    }

    private async Task<GitHubServerRun> RunOfAsync(JsonElement job)
    {
        var run = await Eventually.ValueAsync(() => Task.FromResult(_github.Runs.FirstOrDefault(run => run.JobId == Id(job))), "its run is started");
        await Eventually.TrueAsync(
            async () => (await GetAsync($"/api/jobs/{Id(job)}")).GetProperty("githubWorkflowRunId").ValueKind == JsonValueKind.Number, "the run is known");
        return run;
    }
}
