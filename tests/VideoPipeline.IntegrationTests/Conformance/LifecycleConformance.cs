using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Chains, cancels, leases, rescues and shutdowns.</summary>
internal abstract class LifecycleConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task A_completed_stage_is_followed_by_the_next_with_its_priority()
    {
        await using var host = await StartAsync();
        await host.EnqueueAsync(JobType.Download, priority: 8);
        await host.UntilAllAsync(JobStatus.Completed, 3);

        await using var db = await host.ReadAsync();
        var chain = await db.Jobs.OrderBy(j => j.Id).Select(j => new { j.JobType, j.Priority }).ToListAsync();
        Assert.That(chain.Select(job => job.JobType), Is.EqualTo(new[] { JobType.Download, JobType.Transform, JobType.Publish }));
        Assert.That(chain.Select(job => job.Priority), Is.All.EqualTo(8));
    }

    [Test]
    public async Task A_failed_stage_is_followed_by_nothing()
    {
        await using var host = await StartAsync((_, _) => throw new PermanentFailureException("no"));
        await host.UntilAsync((await host.EnqueueAsync(JobType.Download)).Id, JobStatus.Failed);

        Assert.That((await host.Queue.GetStatisticsAsync()).TotalJobs, Is.EqualTo(1));
    }

    [Test]
    public async Task Rows_of_a_stage_exist_exactly_when_it_completes()
    {
        await using var host = await StartAsync((context, _) => Task.FromResult(new StageResult
        {
            Apply = async (db, now, stop) =>
            {
                db.Pauses.Add(new QueuePause { Scope = "publish", PausedAt = now });
                await db.SaveChangesAsync(stop);
                throw new TransientFailureException("the last step failed");
            },
        }));
        await host.UntilAsync((await host.EnqueueAsync(maxAttempts: 1)).Id, JobStatus.Failed);

        Assert.That(await host.Queue.GetPausesAsync(), Is.Empty);
    }

    [Test]
    public async Task Cancelling_a_running_job_stops_its_stage_within_five_seconds()
    {
        var stopped = new TaskCompletionSource();
        await using var host = await StartAsync(async (_, stop) =>
        {
            stop.Register(stopped.SetResult);
            return await RunForeverAsync(stop);
        });
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);
        await Eventually.TrueAsync(() => host.Started.Count == 1, "its stage runs");

        await host.Queue.CancelJobAsync(job.Id);

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Cancelled));
        Assert.That((await host.Queue.GetAttemptsAsync(job.Id)).Single().Outcome, Is.EqualTo(AttemptOutcome.Cancelled));
    }

    [Test]
    public async Task A_cancelled_waiting_job_never_starts_and_can_be_retried()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var job = await host.EnqueueAsync();
        await host.Queue.CancelJobAsync(job.Id);
        await host.Queue.ResumeAsync();
        await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Completed);
        Assert.That(host.Started, Does.Not.Contain(job.Id));

        await host.Queue.RetryJobAsync(job.Id);
        await host.UntilAsync(job.Id, JobStatus.Completed);
    }

    [Test]
    public async Task A_dead_workers_job_is_rescued_and_the_zombie_can_write_nothing()
    {
        await using var host = await StartAsync(null, ("Dispatch:ReconcileInterval", "00:00:01"), ("Workers:Publish", "0"));
        var job = await host.EnqueueAsync();
        var zombie = await host.Rows.ClaimAsync(job.Id, JobType.Publish, "dead", hangfireJobId: null);
        await EndLeaseAsync(host);
        await host.UntilAsync(job.Id, JobStatus.Queued, TimeSpan.FromSeconds(20));
        Assert.That(await host.Rows.CompleteAsync(zombie!, Success), Is.False);

        var second = await host.Queue.ProcessNextJobAsync();

        Assert.That(second!.Status, Is.EqualTo(JobStatus.Completed));
        Assert.That(second.Attempts, Is.EqualTo(2));
        Assert.That(second.LostAttempts, Is.EqualTo(1));
        Assert.That(await host.Rows.FailAsync(zombie!, new TransientFailureException("late")), Is.Null);
        Assert.That(await host.Rows.GiveBackAsync(zombie!), Is.False);
        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Completed));
        Assert.That((await host.Queue.GetAttemptsAsync(job.Id)).Select(attempt => attempt.Outcome), Is.EqualTo(new[] { AttemptOutcome.Lost, AttemptOutcome.Completed }));
    }

    [Test]
    public async Task A_job_that_may_run_once_is_not_run_again_when_its_worker_died()
    {
        await using var host = await StartAsync(null, ("Dispatch:ReconcileInterval", "00:00:01"), ("Workers:Publish", "0"));
        var job = await host.EnqueueAsync(maxAttempts: 1);
        await host.Rows.ClaimAsync(job.Id, JobType.Publish, "dead", hangfireJobId: null);
        await EndLeaseAsync(host);

        var failed = await host.UntilAsync(job.Id, JobStatus.Failed, TimeSpan.FromSeconds(20));
        Assert.That(failed.ErrorMessage, Does.Contain("died"));
    }

    [Test]
    public async Task A_running_jobs_lease_is_renewed()
    {
        await using var host = await StartAsync((_, stop) => RunForeverAsync(stop), ("Lease:Duration", "00:00:03"));
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);

        await Eventually.TrueAsync(async () => (await host.JobAsync(job.Id)).LeaseExpiresAt > job.LeaseExpiresAt!.Value.AddSeconds(0.5), "it was renewed");
        Assert.That(host.Started, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_shutdown_gives_running_jobs_back_without_spending_an_attempt()
    {
        long id;
        DateTimeOffset queuedAt;
        await using (var host = await StartAsync((_, stop) => RunForeverAsync(stop)))
        {
            var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);
            (id, queuedAt) = (job.Id, job.QueuedAt);
            await Eventually.TrueAsync(() => host.Started.Count == 1, "its stage runs");
        }

        await using var restarted = await StartAsync();
        var completed = await restarted.UntilAsync(id, JobStatus.Completed);
        Assert.That(completed.Attempts, Is.EqualTo(1));
        Assert.That(completed.QueuedAt, Is.EqualTo(queuedAt));
        Assert.That((await restarted.Queue.GetAttemptsAsync(id)).Select(attempt => attempt.Outcome), Is.EqualTo(new[] { AttemptOutcome.GivenBack, AttemptOutcome.Completed }));
    }

    [Test]
    public async Task A_batch_goes_on_past_failures()
    {
        await using var host = await StartAsync(
            (context, _) => context.Job.Priority == 5 ? throw new PermanentFailureException("no") : Task.FromResult(Success), ("Workers:Publish", "0"));
        await host.EnqueueAsync(priority: 9);
        await host.EnqueueAsync(priority: 5);
        await host.EnqueueAsync(priority: 1);

        var processed = await host.Queue.ProcessBatchAsync(10);

        Assert.That(processed.Select(job => job.Status), Is.EqualTo(new[] { JobStatus.Completed, JobStatus.Failed, JobStatus.Completed }));
    }

    /// <summary>As if the worker that claimed had not been heard of for longer than its claim holds.</summary>
    private static Task<int> EndLeaseAsync(QueueHost host)
    {
        var past = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        return host.Writer.WriteAsync(db => db.Jobs.ExecuteUpdateAsync(job => job.SetProperty(j => j.LeaseExpiresAt, past)));
    }
}
