using Hangfire;
using Hangfire.States;
using VideoPipeline.Access;
using VideoPipeline.Dispatch;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Hangfire's dashboard, GitHub workflows, uniqueness, statistics.</summary>
internal abstract class OperationsConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task Requeue_in_the_dashboard_retries_a_failed_row()
    {
        var healthy = false;
        await using var host = await StartAsync((_, _) => healthy ? Task.FromResult(Success) : throw new PermanentFailureException("no"));
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Failed);
        healthy = true;
        await Eventually.TrueAsync(() => host.HangfireStorage.GetMonitoringApi().FailedCount() == 1, "Hangfire shows the failure");

        // As the dashboard's button does.
        host.Hangfire.ChangeState(job.HangfireJobId!, new EnqueuedState { Reason = "Triggered via Dashboard UI" }, FailedState.StateName);

        await host.UntilAsync(job.Id, JobStatus.Completed);
    }

    [Test]
    public async Task A_retried_rows_failure_leaves_the_dashboard_and_its_record_cannot_cancel_the_row()
    {
        await using var host = await StartAsync((_, _) => throw new PermanentFailureException("no"));
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Failed);
        var monitoring = host.HangfireStorage.GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 1, "Hangfire shows the failure");
        await host.Queue.PauseAsync();
        await host.Queue.RetryJobAsync(job.Id);
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 0, "Hangfire shows it no more");

        host.Hangfire.ChangeState(job.HangfireJobId!, new DeletedState { Reason = "Triggered via Dashboard UI" }, null);

        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Queued));
    }

    [Test]
    public async Task Delete_in_the_dashboard_cancels_a_waiting_and_a_running_row()
    {
        await using var host = await StartAsync((_, stop) => RunForeverAsync(stop), ("Workers:Publish", "1"));
        var running = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);
        var waiting = await host.EnqueueAsync();
        var monitoring = host.HangfireStorage.GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.EnqueuedCount("publish-05-p5") == 1, "the waiting job is mirrored");
        var mirrored = monitoring.EnqueuedJobs("publish-05-p5", 0, 10).Single().Key;

        host.Hangfire.ChangeState(mirrored, new DeletedState { Reason = "Triggered via Dashboard UI" }, null);
        host.Hangfire.ChangeState(running.HangfireJobId!, new DeletedState { Reason = "Triggered via Dashboard UI" }, null);

        await host.UntilAsync(waiting.Id, JobStatus.Cancelled);
        await host.UntilAsync(running.Id, JobStatus.Cancelled);
    }

    [Test]
    public async Task A_waiting_row_is_known_by_the_background_job_that_waits_in_its_stead()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var job = await host.EnqueueAsync();
        string? backgroundJob = null;
        await Eventually.TrueAsync(
            async () => (backgroundJob = host.Get<IBackgroundJobs>().StandingFor(await host.JobAsync(job.Id))) is not null, "the row has a background job");
        Assert.That(MirroredJob.RowOf(host.HangfireStorage.GetMonitoringApi().JobDetails(backgroundJob).Job), Is.EqualTo((JobType.Publish, job.Id)));

        host.Hangfire.ChangeState(backgroundJob!, new DeletedState { Reason = "Triggered via Dashboard UI" }, null);

        var cancelled = await host.UntilAsync(job.Id, JobStatus.Cancelled);
        await Eventually.TrueAsync(
            async () => host.Get<IBackgroundJobs>().StandingFor(await host.JobAsync(job.Id)) is null, "it has none any more");
        Assert.That(cancelled.MirroredAs, Is.Null);
    }

    [Test]
    public async Task Requeue_of_what_waits_or_runs_does_not_run_it_twice()
    {
        var release = new TaskCompletionSource();
        await using var host = await StartAsync(
            async (_, stop) =>
            {
                await release.Task.WaitAsync(stop);
                return Success;
            },
            ("Workers:Publish", "3"));
        var running = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);
        await Eventually.TrueAsync(() => host.Started.Count == 1, "it runs");
        host.Hangfire.ChangeState(running.HangfireJobId!, new EnqueuedState("publish-05-p5"), null);
        await Eventually.TrueAsync(
            () => host.HangfireStorage.GetMonitoringApi().EnqueuedCount("publish-05-p5") == 0, "the second delivery was taken");
        release.SetResult();

        await host.UntilAsync(running.Id, JobStatus.Completed);
        Assert.That(host.Started, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_background_job_that_got_lost_is_made_again()
    {
        await using var host = await StartAsync(null, ("Dispatch:ReconcileInterval", "00:00:00.200"));
        await host.Queue.PauseAsync();
        var job = await host.EnqueueAsync();
        var monitoring = host.HangfireStorage.GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.EnqueuedCount("publish-05-p5") == 1, "the job is mirrored");
        using (var connection = host.HangfireStorage.GetConnection())
        using (var transaction = connection.CreateWriteTransaction())
        {
            // What Hangfire does when it gives up on a background job: no filter hears of it.
            transaction.SetJobState(monitoring.EnqueuedJobs("publish-05-p5", 0, 1).Single().Key, new FailedState(new InvalidOperationException("lost")));
            transaction.Commit();
        }

        await host.Queue.ResumeAsync();
        await host.UntilAsync(job.Id, JobStatus.Completed);
    }

    [Test]
    public async Task A_workflows_job_is_left_alone_by_workers_and_changed_by_reports()
    {
        await using var host = await StartAsync();
        var video = (await host.AddVideosAsync(1))[0];
        var (job, _) = await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Transform, VideoId = video, GithubWorkflowRunId = 99 });
        await host.UntilAsync((await host.EnqueueAsync(JobType.Transform)).Id, JobStatus.Completed);
        Assert.That(await host.Queue.ProcessNextJobAsync(JobType.Transform), Is.Null);
        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Queued));

        await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Processing, null);
        var completed = await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Completed, null);

        Assert.That((completed.Status, completed.Attempts), Is.EqualTo((JobStatus.Completed, 1)));
        Assert.That(async () => await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Failed, "late"), Throws.TypeOf<ConflictException>());
        await Eventually.TrueAsync(
            async () => (await host.Queue.GetJobsAsync(new JobFilter { VideoId = video, JobType = JobType.Publish })).Any(next => next.Status == JobStatus.Completed),
            "the next stage follows");
    }

    [Test]
    public async Task A_workflows_failure_goes_through_the_retry_rules()
    {
        await using var host = await StartAsync(null, ("Retry:BaseDelay", "00:00:00.010"));
        var video = (await host.AddVideosAsync(1))[0];
        var (job, _) = await host.Queue.EnqueueJobAsync(
            new EnqueueRequest { JobType = JobType.Publish, VideoId = video, GithubWorkflowRunId = 99, MaxAttempts = 2 });

        var first = await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Failed, "the runner died");
        Assert.That((first.Status, first.ErrorMessage), Is.EqualTo((JobStatus.Retrying, "the runner died")));
        await host.UntilAsync(job.Id, JobStatus.Queued);
        var second = await host.Queue.UpdateJobFromWorkflowAsync(job.Id, JobStatus.Failed, "again");
        Assert.That((second.Status, second.Attempts), Is.EqualTo((JobStatus.Failed, 2)));
    }

    [Test]
    public async Task A_video_has_at_most_one_active_job_of_a_type()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var job = await host.EnqueueAsync();
        var again = new EnqueueRequest { JobType = JobType.Publish, VideoId = job.VideoId };

        Assert.That(async () => await host.Queue.EnqueueJobAsync(again), Throws.TypeOf<ConflictException>().With.Message.Contains($"job {job.Id}"));
        await host.Queue.CancelJobAsync(job.Id);
        await host.Queue.EnqueueJobAsync(again);
        Assert.That(async () => await host.Queue.RetryJobAsync(job.Id), Throws.TypeOf<ConflictException>());
    }

    [Test]
    public async Task One_idempotency_key_makes_one_job()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var video = (await host.AddVideosAsync(1))[0];
        var request = new EnqueueRequest { JobType = JobType.Publish, VideoId = video, IdempotencyKey = "abc" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Queue.EnqueueJobAsync(request)));

        Assert.That(answers.Count(answer => answer.Created), Is.EqualTo(1));
        Assert.That(answers.Select(answer => answer.Job.Id).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_an_operator_does_is_audited_with_it_and_what_is_refused_is_not()
    {
        await using var host = await StartAsync();
        var audit = host.Service<AuditLog>();
        await host.Queue.PauseAsync();
        var (one, other) = (await host.EnqueueAsync(), await host.EnqueueAsync());
        Assert.That(await audit.ListAsync(new(), limit: 10, beforeId: null), Is.Empty, "nobody asked for what the service does by itself");

        Actor.Become(new Actor("somebody", "192.0.2.1"));
        await host.Queue.CancelJobAsync(one.Id);
        Assert.That(() => host.Queue.CancelJobAsync(one.Id), Throws.TypeOf<ConflictException>());
        var bulk = await host.Queue.CancelJobsAsync(new JobSelection { Ids = [one.Id, other.Id] });
        await host.Queue.ResumeAsync();

        var entries = (await audit.ListAsync(new AuditFilter { Actor = "somebody" }, limit: 10, beforeId: null)).Reverse().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bulk.Changed, Is.EqualTo(1));
            Assert.That(
                entries.Select(entry => (entry.Action, entry.JobIds)),
                Is.EqualTo(new[] { (AuditAction.CancelJob, $"[{one.Id}]"), (AuditAction.CancelJob, $"[{other.Id}]"), (AuditAction.ResumeQueue, null) }));
            Assert.That(entries[0].VideoId, Is.EqualTo(one.VideoId));
            Assert.That(entries.Select(entry => entry.Address), Is.All.EqualTo("192.0.2.1"));
        }

        Assert.That(await audit.PruneAsync(entries[1].At, most: 10, CancellationToken.None), Is.EqualTo(1));
        Assert.That((await audit.ListAsync(new(), limit: 10, beforeId: null)).Select(entry => entry.Id), Is.EquivalentTo(entries.Skip(1).Select(entry => entry.Id)));
    }

    [Test]
    public async Task A_key_is_valid_until_it_is_revoked_on_every_node()
    {
        await using var host = await StartAsync();
        var keys = host.Service<ApiKeys>();
        var (key, text) = await keys.CreateAsync("one", KeyRole.Read);
        Assert.That(() => keys.CreateAsync("one", KeyRole.Operate), Throws.TypeOf<ConflictException>());
        Assert.That((await keys.RecogniseAsync(text, CancellationToken.None))?.Name, Is.EqualTo("one"));
        Assert.That(await keys.RecogniseAsync(text[..^1] + (text[^1] == 'A' ? 'B' : 'A'), CancellationToken.None), Is.Null);

        var now = TimeProvider.System.GetUtcNow();
        await keys.WriteUsesAsync([KeyValuePair.Create(key.Id, now)], CancellationToken.None);
        await keys.WriteUsesAsync([KeyValuePair.Create(key.Id, now.AddMinutes(-1))], CancellationToken.None);
        Assert.That((await keys.ListAsync()).Single().LastUsedAt, Is.EqualTo(now).Within(TimeSpan.FromMilliseconds(1)));

        await keys.RevokeAsync("one");
        Assert.That(await keys.RecogniseAsync(text, CancellationToken.None), Is.Null);
        Assert.That((await keys.AnyValidAsync(CancellationToken.None), await host.Service<KeyRequirement>().IsInForceAsync(CancellationToken.None)), Is.EqualTo((false, true)));
        Assert.That((await keys.CreateAsync("one", KeyRole.Read)).Key.Id, Is.Not.EqualTo(key.Id));
    }

    [Test]
    public async Task Statistics_count_rate_and_time()
    {
        await using var host = await StartAsync(
            (context, _) => context.Job.Priority == 0 ? throw new PermanentFailureException("no") : Task.FromResult(Success));
        for (var n = 0; n < 3; n++)
        {
            await host.EnqueueAsync(JobType.Publish, priority: 5);
        }

        await host.EnqueueAsync(JobType.Transform, priority: 0);
        await host.UntilAllAsync(JobStatus.Completed, 3);
        await host.UntilAllAsync(JobStatus.Failed, 1);
        await host.Queue.PauseAsync();
        await host.EnqueueAsync(JobType.Download);

        var all = await host.Queue.GetStatisticsAsync();
        var transforms = await host.Queue.GetStatisticsAsync(JobType.Transform);

        Assert.That((all.TotalJobs, all.Completed, all.Failed, all.Queued, all.QueueLength), Is.EqualTo((5, 3, 1, 1, 1)));
        Assert.That(all.SuccessRate, Is.EqualTo(75));
        Assert.That(all.AverageProcessingTime, Is.GreaterThanOrEqualTo(0));
        Assert.That(all.P95WaitTime, Is.GreaterThanOrEqualTo(all.P50WaitTime));
        Assert.That(all.ByType!.Keys, Is.EquivalentTo(new[] { "download", "transform", "publish" }));
        Assert.That((transforms.TotalJobs, transforms.SuccessRate), Is.EqualTo((1, 0.0)));
    }

    [Test]
    public async Task Explain_says_what_blocks_a_job()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync(JobType.Publish, "maintenance");
        await host.EnqueueAsync(priority: 9);
        var job = await host.EnqueueAsync(priority: 1);

        var explanation = await host.Queue.ExplainAsync(job.Id);

        Assert.That(explanation.Rank, Is.EqualTo(1));
        Assert.That(explanation.BlockedBy, Has.Some.Contains("maintenance"));
    }
}
