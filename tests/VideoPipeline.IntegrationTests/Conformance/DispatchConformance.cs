using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.IntegrationTests.GitHub;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Jobs for which the service itself has GitHub run a workflow: one run for each attempt, whatever is lost on the way.</summary>
internal abstract class DispatchConformance(TestStorage storage) : QueueFixture(storage)
{
    private static readonly DispatchTarget Target = new() { Repository = GitHubServer.Repository, Workflow = GitHubServer.Workflow };

    private GitHubServer _github = null!;

    [SetUp]
    public async Task StartGitHubAsync() => _github = await GitHubServer.StartAsync();

    [TearDown]
    public async Task StopGitHubAsync() => await _github.DisposeAsync();

    [Test]
    public async Task Jobs_run_in_order_within_the_limit_and_their_runs_end_them()
    {
        await using var host = await StartDispatchingAsync();
        await host.Queue.PauseAsync(JobType.Transform);
        var jobs = new List<VideoProcessingJob>();
        foreach (var priority in new[] { 1, 9, 5 })
        {
            jobs.Add(await host.EnqueueAsync(JobType.Transform, priority));
        }

        Assert.That(await host.Queue.ProcessNextJobAsync(JobType.Transform), Is.Null);
        await host.Queue.ResumeAsync();
        await UntilRunsAsync(2);
        await host.UntilAsync(jobs[1].Id, JobStatus.Processing);
        Assert.That(_github.Runs.Select(run => run.JobId), Is.EqualTo(new[] { jobs[1].Id, jobs[2].Id }));
        Assert.That((await host.Queue.ExplainAsync(jobs[0].Id)).BlockedBy.Single(), Is.EqualTo("0 job(s) go before it; 2 of 2 runs of transform.yml of me/videos are under way."));

        // One reports by itself; of the other one only GitHub tells, which was asked.
        var reported = _github.Runs[0];
        await host.Queue.UpdateJobFromWorkflowAsync(reported.JobId, new() { Status = JobStatus.Completed, Token = reported.Token, RunId = reported.Id, RunAttempt = 1 });
        await UntilRunsAsync(3);
        (_github.Runs[1].Status, _github.Runs[1].Conclusion) = ("completed", "success");
        await host.UntilAsync(jobs[2].Id, JobStatus.Completed);

        // And of the third by a webhook.
        var third = _github.Runs[2];
        (third.Status, third.Conclusion) = ("completed", "success");
        await host.Get<WebhookReceiver>().ReceiveAsync("1", "workflow_run", GitHubServer.EventOf(third));
        await host.UntilAsync(jobs[0].Id, JobStatus.Completed);
        await host.UntilAllAsync(JobStatus.Completed, 6);
        Assert.That(host.Started.Intersect(jobs.Select(job => job.Id)), Is.Empty, "no local worker runs them");
        Assert.That((_github.Count("dispatch"), _github.Count("cancel")), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task A_lost_answer_starts_no_second_run([Values] bool tellsRunIds)
    {
        _github.TellsRunIds = tellsRunIds;
        if (!tellsRunIds)
        {
            // The first is refused for asking.
            _github.Fail("dispatch", HttpStatusCode.UnprocessableEntity, "\"return_run_details\" is not a permitted key.");
        }

        _github.LoseAnswer("dispatch");
        await using var host = await StartDispatchingAsync();
        var job = await host.EnqueueAsync(JobType.Transform);
        await UntilRunsAsync(1);

        await UntilBoundAsync(host, job.Id, _github.Runs[0]);
        Assert.That((_github.Runs.Count, _github.Count("dispatch")), Is.EqualTo((1, tellsRunIds ? 1 : 2)));
    }

    [Test]
    public async Task A_lost_question_is_asked_again_once_no_run_has_appeared()
    {
        _github.Fail("dispatch", HttpStatusCode.BadGateway, "Server Error");
        await using var host = await StartDispatchingAsync();
        var job = await host.EnqueueAsync(JobType.Transform);
        await UntilRunsAsync(1);

        await UntilBoundAsync(host, job.Id, _github.Runs[0]);
        Assert.That(_github.Calls.Take(3), Is.EqualTo(new[] { "dispatch", "runs", "runs" }), "it looks first");
        Assert.That((_github.Count("dispatch"), (await host.JobAsync(job.Id)).Attempts), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task Of_two_runs_of_one_dispatch_the_second_is_refused_and_cancelled()
    {
        _github.LoseAnswer("dispatch");
        _github.ListsRuns = false;
        await using var host = await StartDispatchingAsync();
        var job = await host.EnqueueAsync(JobType.Transform);
        await UntilRunsAsync(2);
        var (late, bound) = (_github.Runs[0], _github.Runs[1]);
        await UntilBoundAsync(host, job.Id, bound);

        late.Status = "in_progress";
        await host.Get<WebhookReceiver>().ReceiveAsync("1", "workflow_run", GitHubServer.EventOf(late));

        var report = new WorkflowReport { Status = JobStatus.Completed, Token = late.Token, RunId = late.Id };
        Assert.That(async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, report), Throws.TypeOf<ConflictException>());
        await Eventually.TrueAsync(() => late.Conclusion == "cancelled", "the second run is cancelled");
        Assert.That((bound.Conclusion, (await host.JobAsync(job.Id)).Status), Is.EqualTo(((string?)null, JobStatus.Processing)));
    }

    [Test]
    public async Task A_process_that_dies_on_the_way_leaves_one_run_to_the_next([Values] bool afterTheCall)
    {
        long id;
        await using (var host = await StartAsync(null, ("Workers:Transform", "0")))
        {
            // As far as it had come when it died: the intent is there, and perhaps GitHub was asked.
            id = (await host.EnqueueAsync(JobType.Transform)).Id;
            var dispatches = host.Get<WorkflowDispatches>();
            var claimed = await dispatches.ClaimAsync(JobType.Transform, Target, TimeSpan.Zero, CancellationToken.None);
            if (afterTheCall)
            {
                await dispatches.SendingAsync(claimed!.Dispatch, CancellationToken.None);
                _github.StartRun(WorkflowDispatch.TitleOf(id, claimed.Dispatch.Token));
            }
        }

        await using var next = await StartDispatchingAsync();
        await UntilRunsAsync(1);
        await UntilBoundAsync(next, id, _github.Runs[0]);
        Assert.That((_github.Runs.Count, _github.Count("dispatch"), (await next.JobAsync(id)).Attempts), Is.EqualTo((1, afterTheCall ? 0 : 1, 1)));
    }

    [Test]
    public async Task A_shutdown_during_the_call_is_taken_up_by_the_next_process()
    {
        long id;
        var asked = _github.HoldAnswer("dispatch");
        await using (var host = await StartDispatchingAsync())
        {
            id = (await host.EnqueueAsync(JobType.Transform)).Id;
            await asked;
        }

        await using var next = await StartDispatchingAsync();
        await UntilBoundAsync(next, id, _github.Runs[0]);
        Assert.That((_github.Runs.Count, _github.Count("dispatch")), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_failed_run_is_followed_by_another_whose_predecessor_has_no_say()
    {
        await using var host = await StartDispatchingAsync();
        var job = await host.EnqueueAsync(JobType.Transform);
        await UntilRunsAsync(1);
        var first = _github.Runs[0];
        await UntilBoundAsync(host, job.Id, first);
        (first.Status, first.Conclusion) = ("completed", "timed_out");
        await host.Get<WebhookReceiver>().ReceiveAsync("1", "workflow_run", GitHubServer.EventOf(first));
        await UntilRunsAsync(2);
        var second = _github.Runs[1];
        await UntilBoundAsync(host, job.Id, second);

        var late = new WorkflowReport { Status = JobStatus.Completed, Token = first.Token, RunId = first.Id, RunAttempt = 1 };
        Assert.That(async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, late), Throws.TypeOf<ConflictException>());
        Assert.That(async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, late with { Token = null }), Throws.TypeOf<ConflictException>());
        Assert.That(async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Completed, null), Throws.TypeOf<ConflictException>());
        Assert.That((second.Token, (await host.JobAsync(job.Id)).Status), Is.EqualTo(((await host.JobAsync(job.Id)).LeaseToken!.Value, JobStatus.Processing)));

        await host.Queue.UpdateJobFromWorkflowAsync(job.Id, new() { Status = JobStatus.Failed, Token = second.Token, Permanent = true, ErrorMessage = "no such codec" });
        var failed = await host.JobAsync(job.Id);
        Assert.That((failed.Status, failed.Attempts, failed.ErrorMessage, failed.GithubWorkflowRunId), Is.EqualTo((JobStatus.Failed, 2, "no such codec", (long?)second.Id)));

        // By hand: a run of its own again.
        await host.Queue.RetryJobAsync(job.Id);
        await UntilRunsAsync(3);
        await UntilBoundAsync(host, job.Id, _github.Runs[2]);
    }

    [Test]
    public async Task A_cancelled_or_silent_jobs_run_is_cancelled()
    {
        await using var host = await StartDispatchingAsync(("Retry:BaseDelay", "01:00:00"));
        var jobs = new[] { await host.EnqueueAsync(JobType.Transform), await host.EnqueueAsync(JobType.Transform) };
        await UntilRunsAsync(2);
        foreach (var run in _github.Runs)
        {
            await UntilBoundAsync(host, run.JobId, run);
        }

        // Once the token may not see the repository.
        _github.Fail("cancel", HttpStatusCode.NotFound, "Not Found");
        _github.Fail("repository", HttpStatusCode.NotFound, "Not Found");
        await host.Queue.CancelJobAsync(jobs[0].Id);
        await host.Writer.WriteAsync(db => db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(j => j.WorkflowHeardAt, DateTimeOffset.UnixEpoch)));
        await host.Rows.FailSilentWorkflowsAsync(CancellationToken.None);

        await Eventually.TrueAsync(() => _github.Runs.All(run => run.Conclusion == "cancelled"), "both runs are cancelled");
        Assert.That((await host.JobAsync(jobs[0].Id)).Status, Is.EqualTo(JobStatus.Cancelled));
        Assert.That((await host.JobAsync(jobs[1].Id)).Status, Is.EqualTo(JobStatus.Retrying));
        await Eventually.TrueAsync(async () => await OpenAsync(host) == 0, "nothing is left open");
    }

    [Test]
    public async Task A_rate_limit_snoozes_and_a_refusal_fails_with_GitHubs_words()
    {
        _github.Fail("dispatch", HttpStatusCode.Forbidden, "API rate limit exceeded", ("Retry-After", "1"));
        await using var host = await StartDispatchingAsync();
        var job = await host.EnqueueAsync(JobType.Transform);
        var snoozed = await host.UntilAsync(job.Id, JobStatus.Retrying);
        Assert.That(snoozed.Attempts, Is.Zero);
        Assert.That(snoozed.WaitReason, Does.Contain("403 (API rate limit exceeded)"));
        await UntilRunsAsync(1);

        _github.Fail("dispatch", HttpStatusCode.UnprocessableEntity, "Workflow does not have 'workflow_dispatch' trigger");
        var refused = await host.UntilAsync((await host.EnqueueAsync(JobType.Transform)).Id, JobStatus.Failed);
        var next = await host.EnqueueAsync(JobType.Transform);
        Assert.That(refused.ErrorMessage, Does.Contain("422 (Workflow does not have 'workflow_dispatch' trigger)"));
        Assert.That((_github.Runs.Count, _github.Count("dispatch"), (await host.JobAsync(next.Id)).Status), Is.EqualTo((1, 3, JobStatus.Queued)), "the next one isn't spent on it, too");
    }

    [Test]
    public async Task Several_nodes_keep_the_limit_together()
    {
        await using var host = await StartDispatchingAsync();
        await using var other = host.Service<IOptions<StorageOptions>>().Value.IsShared ? await StartAnotherAsync(Settings()) : null;
        var videos = await host.AddVideosAsync(5);
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Transform, VideoId = video })]);

        for (var done = 0; done < 5; done++)
        {
            await UntilRunsAsync(Math.Min(5, done + 2));
            Assert.That(_github.Runs, Has.Count.LessThanOrEqualTo(done + 2));
            var run = _github.Runs[done];
            await Eventually.TrueAsync(async () => (await host.JobAsync(run.JobId)).GithubWorkflowRunId == run.Id, "it is known which run it is");
            await host.Queue.UpdateJobFromWorkflowAsync(run.JobId, new() { Status = JobStatus.Completed, Token = run.Token });
        }

        Assert.That((_github.Runs.Select(run => run.JobId).Distinct().Count(), _github.Count("dispatch")), Is.EqualTo((5, 5)));
    }

    private Task<QueueHost> StartDispatchingAsync(params (string Name, string Value)[] settings) => StartAsync(null, [.. Settings(), .. settings]);

    private (string Name, string Value)[] Settings() => [.. _github.Settings("transform"), ("Retry:BaseDelay", "00:00:00.010")];

    private Task UntilRunsAsync(int count) => Eventually.TrueAsync(() => _github.Runs.Count >= count, $"{count} runs were started");

    private static Task UntilBoundAsync(QueueHost host, long jobId, GitHubServerRun run) => Eventually.TrueAsync(
        async () => await host.JobAsync(jobId) is { Status: JobStatus.Processing, GithubDispatched: true } job && job.GithubWorkflowRunId == run.Id,
        $"job {jobId} is run by {run.Id}");

    private static async Task<int> OpenAsync(QueueHost host)
    {
        await using var db = await host.ReadAsync();
        return await db.WorkflowDispatches.CountAsync(d => d.EndedAt == null);
    }
}
