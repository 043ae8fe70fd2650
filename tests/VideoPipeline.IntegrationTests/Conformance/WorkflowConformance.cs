using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.IntegrationTests.GitHub;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Jobs that a GitHub workflow runs which somebody else has started: its reports, GitHub's webhook, and silence.</summary>
internal abstract class WorkflowConformance(TestStorage storage) : QueueFixture(storage)
{
    private const long RunId = 4711;

    [Test]
    public async Task A_workflows_running_job_survives_restarts_and_everything_that_looks_for_work()
    {
        VideoProcessingJob job;
        await using (var host = await StartAsync(null, Quick))
        {
            job = await EnqueueAsync(host);
            await host.Queue.UpdateJobFromWorkflowAsync(job.Id, new() { Status = JobStatus.Processing, RunId = RunId, RunAttempt = 1, Progress = 40 });
        }

        await using var restarted = await StartAsync(null, Quick);
        await restarted.UntilAsync((await restarted.EnqueueAsync(JobType.Transform)).Id, JobStatus.Completed);
        await restarted.Queue.ProcessRetryingJobsAsync();

        var after = await restarted.JobAsync(job.Id);
        Assert.That((after.Status, after.Progress, after.Attempts, after.LostAttempts), Is.EqualTo((JobStatus.Processing, (double?)40, 1, 0)));
        Assert.That(restarted.Started, Does.Not.Contain(job.Id));
    }

    [Test]
    public async Task A_failed_attempt_has_no_say_any_more_and_the_run_that_is_started_again_has()
    {
        await using var host = await StartAsync(null, Quick);
        var job = await EnqueueAsync(host);
        var first = new WorkflowReport { Status = JobStatus.Failed, RunId = RunId, RunAttempt = 1, ErrorDetails = """{"step":"encode"}""" };
        Assert.That((await host.Queue.UpdateJobFromWorkflowAsync(job.Id, first)).ErrorDetails, Does.Contain("encode"));
        await host.UntilAsync(job.Id, JobStatus.Queued);
        var explained = await host.Queue.ExplainAsync(job.Id);

        Assert.That(
            async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, first with { Status = JobStatus.Completed, ErrorDetails = null }), Throws.TypeOf<ConflictException>());
        var second = first with { Status = JobStatus.Completed, RunAttempt = 2, Result = """{"size":7}""", ErrorDetails = null };
        await host.Queue.UpdateJobFromWorkflowAsync(job.Id, second);
        var completed = await host.JobAsync(job.Id);
        var repeated = await host.Queue.UpdateJobFromWorkflowAsync(job.Id, second);

        Assert.That(explained.BlockedBy[0], Does.Contain("run it again on GitHub"));
        Assert.That((completed.Status, completed.Attempts, completed.Result), Is.EqualTo((JobStatus.Completed, 2, """{"size":7}""")));
        Assert.That((repeated.Status, repeated.CompletedAt), Is.EqualTo((JobStatus.Completed, completed.CompletedAt)), "the answer was lost, and nothing is done twice");
        Assert.That(await CountAsync(host, JobType.Publish), Is.EqualTo(1));
    }

    [Test]
    public async Task A_failure_that_names_no_attempt_of_its_run_costs_one_attempt()
    {
        await using var host = await StartAsync(null, Quick);
        var job = await EnqueueAsync(host);

        await host.Queue.UpdateJobFromWorkflowAsync(job.Id, new() { Status = JobStatus.Failed, RunId = RunId });
        await host.UntilAsync(job.Id, JobStatus.Queued);
        Assert.That((await host.Get<WebhookReceiver>().ReceiveAsync("1", "workflow_run", Event("completed", "failure"))).HasEffect, Is.False, "the same failure");

        Assert.That((await host.JobAsync(job.Id)).Attempts, Is.EqualTo(1));
        Assert.That((await host.Get<WebhookReceiver>().ReceiveAsync("2", "workflow_run", Event("completed", "success", attempt: 2))).HasEffect);
    }

    [Test]
    public async Task An_attempts_begin_and_end_are_told_and_audited_once_and_its_progress_is_not()
    {
        await using var host = await StartAsync(null, Quick);
        var job = await EnqueueAsync(host);
        var ended = 0;
        host.Get<JobSignals>().Ended += (_, _) => ended++;
        Actor.Become(new Actor("a workflow"));

        foreach (var report in new WorkflowReport[]
        {
            new() { Status = JobStatus.Processing, RunId = RunId },
            new() { Status = JobStatus.Processing, RunId = RunId, Progress = 10 },
            new() { Status = JobStatus.Processing, RunId = RunId, Progress = 90 },
            new() { Status = JobStatus.Completed, RunId = RunId },
            new() { Status = JobStatus.Completed, RunId = RunId },
        })
        {
            await host.Queue.UpdateJobFromWorkflowAsync(job.Id, report);
        }

        Assert.That(ended, Is.EqualTo(1));
        Assert.That(await host.Service<AuditLog>().ListAsync(new AuditFilter { Action = AuditAction.ReportJob }, limit: 10, beforeId: null), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Deliveries_in_the_wrong_order_and_again_come_to_the_right_end()
    {
        await using var host = await StartAsync(null, Quick);
        var job = await EnqueueAsync(host);
        var webhook = host.Get<WebhookReceiver>();
        var failed = Event("completed", "failure");

        Assert.That((await webhook.ReceiveAsync("1", "workflow_run", failed)).Summary, Does.Contain("is retrying"));
        Assert.That((await webhook.ReceiveAsync("2", "workflow_run", Event("in_progress"))).HasEffect, Is.False, "it is late");
        await host.UntilAsync(job.Id, JobStatus.Queued);
        Assert.That((await webhook.ReceiveAsync("3", "workflow_run", Event("in_progress"))).HasEffect, Is.False, "it is very late");
        Assert.That((await webhook.ReceiveAsync("1", "workflow_run", failed)).Summary, Does.Contain("taken in before"));
        Assert.That((await host.JobAsync(job.Id)).Attempts, Is.EqualTo(1));

        Assert.That((await webhook.ReceiveAsync("4", "workflow_run", Event("completed", "success", attempt: 2))).HasEffect);
        Assert.That((await webhook.ReceiveAsync("5", "workflow_run", Event("in_progress", attempt: 2))).HasEffect, Is.False);
        Assert.That((await webhook.ReceiveAsync("6", "workflow_run", Event("completed", "success", attempt: 2))).HasEffect, Is.False);
        var ended = await host.JobAsync(job.Id);
        Assert.That((ended.Status, ended.Attempts, ended.GithubRunAttempt), Is.EqualTo((JobStatus.Completed, 2, (int?)2)));
        Assert.That(await CountAsync(host, JobType.Publish), Is.EqualTo(1));
    }

    [Test]
    public async Task One_delivery_that_arrives_everywhere_at_once_has_one_effect()
    {
        await using var host = await StartAsync(null, Quick);
        await using var other = host.Service<IOptions<StorageOptions>>().Value.IsShared ? await StartAnotherAsync(Quick) : null;
        await EnqueueAsync(host);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n =>
            (n % 2 == 0 ? host : other ?? host).Get<WebhookReceiver>().ReceiveAsync("same", "workflow_run", Event("completed", "success"))));

        Assert.That(answers.Count(answer => answer.HasEffect), Is.EqualTo(1));
        Assert.That(await CountAsync(host, JobType.Publish), Is.EqualTo(1));
    }

    [Test]
    public async Task Silence_fails_an_attempt_once_by_the_clock_in_the_row()
    {
        VideoProcessingJob silent, talking;
        await using (var host = await StartAsync(null, Quick))
        {
            silent = await EnqueueAsync(host, maxAttempts: 2);
            talking = await EnqueueAsync(host, RunId + 1);
            await host.Queue.UpdateJobFromWorkflowAsync(silent.Id, new() { Status = JobStatus.Processing, RunId = RunId, RunAttempt = 1 });
            await SilentSinceAsync(host, TimeSpan.FromHours(7));
            await host.Get<WebhookReceiver>().ReceiveAsync("1", "workflow_job", System.Text.Encoding.UTF8.GetBytes($$$"""{"workflow_job":{"run_id":{{{RunId + 1}}},"run_attempt":1}}"""));
            await host.Queue.ChangePriorityAsync(silent.Id, 9);
        }

        await using var restarted = await StartAsync(null, Quick);
        await using var other = restarted.Service<IOptions<StorageOptions>>().Value.IsShared ? await StartAnotherAsync(Quick) : null;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => (n % 2 == 0 ? restarted : other ?? restarted).Rows.FailSilentWorkflowsAsync(CancellationToken.None)));

        await restarted.UntilAsync(silent.Id, JobStatus.Queued);
        var attempts = await restarted.Queue.GetAttemptsAsync(silent.Id);
        Assert.That(attempts.Single().ErrorMessage, Does.Contain($"run {RunId} has reported nothing for 06:00:00"));
        Assert.That((await restarted.JobAsync(talking.Id)).Status, Is.EqualTo(JobStatus.Queued));

        // Nobody runs it again, either: its budget is used up.
        await restarted.Rows.FailSilentWorkflowsAsync(CancellationToken.None);
        Assert.That((await restarted.JobAsync(silent.Id)).Status, Is.EqualTo(JobStatus.Queued), "the clock begins anew with each wait");
        await SilentSinceAsync(restarted, TimeSpan.FromHours(7));
        await restarted.Rows.FailSilentWorkflowsAsync(CancellationToken.None);
        Assert.That((await restarted.JobAsync(silent.Id)).Status, Is.EqualTo(JobStatus.Failed));
    }

    [Test]
    public async Task Old_deliveries_are_forgotten()
    {
        await using var host = await StartAsync(null, Quick);
        var webhook = host.Get<WebhookReceiver>();
        await webhook.ReceiveAsync("old", "workflow_run", Event("in_progress"));
        await webhook.ReceiveAsync("new", "workflow_run", Event("in_progress"));
        var then = TimeProvider.System.GetUtcNow().AddDays(-8);
        await host.Writer.WriteAsync(db => db.WebhookDeliveries.Where(d => d.Id == "old").ExecuteUpdateAsync(set => set.SetProperty(d => d.ReceivedAt, then)));

        await webhook.ForgetOldAsync(CancellationToken.None);

        await using var db = await host.ReadAsync();
        Assert.That(await db.WebhookDeliveries.Select(d => d.Id).ToListAsync(), Is.EqualTo(new[] { "new" }));
    }

    private static (string Name, string Value)[] Quick { get; } = [("Retry:BaseDelay", "00:00:00.010"), ("Workers:Publish", "0")];

    private static async Task<VideoProcessingJob> EnqueueAsync(QueueHost host, long runId = RunId, int? maxAttempts = null)
    {
        var video = (await host.AddVideosAsync(1))[0];
        return (await host.Queue.EnqueueJobAsync(new() { JobType = JobType.Transform, VideoId = video, GithubWorkflowRunId = runId, MaxAttempts = maxAttempts })).Job;
    }

    private static byte[] Event(string status, string? conclusion = null, int attempt = 1) => GitHubServer.EventOf(new()
    {
        Id = RunId,
        Title = "A workflow of somebody's own",
        Inputs = new Dictionary<string, string>(),
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Attempt = attempt,
        Status = status,
        Conclusion = conclusion,
    });

    private static Task<int> SilentSinceAsync(QueueHost host, TimeSpan silence)
    {
        var then = TimeProvider.System.GetUtcNow() - silence;
        return host.Writer.WriteAsync(db => db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(j => j.WorkflowHeardAt, then)));
    }

    private static async Task<int> CountAsync(QueueHost host, JobType jobType)
    {
        await using var db = await host.ReadAsync();
        return await db.Jobs.CountAsync(j => j.JobType == jobType);
    }
}
