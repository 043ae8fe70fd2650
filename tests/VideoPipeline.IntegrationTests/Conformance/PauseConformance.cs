using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Pause and resume, for all and per type.</summary>
internal abstract class PauseConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task Pausing_a_backlog_lets_running_jobs_finish_starts_nothing_keeps_the_order_and_writes_no_waiting_row()
    {
        const int Jobs = 5000;
        var release = new TaskCompletionSource();
        await using var host = await StartAsync(
            async (_, stop) =>
            {
                await release.Task.WaitAsync(stop);
                return Success;
            },
            ("Workers:Publish", "1"));
        var videos = await host.AddVideosAsync(Jobs);
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        await Eventually.TrueAsync(() => host.Started.Count == 1, "the first job runs");
        await host.Queue.PauseAsync(reason: "maintenance", pausedBy: "test");
        var running = host.Started[0];
        release.SetResult();
        await host.UntilAsync(running, JobStatus.Completed);

        await Eventually.PassAsync(TimeSpan.FromSeconds(1.5));
        await using (var db = await host.ReadAsync())
        {
            Assert.That(host.Started, Has.Count.EqualTo(1), "nothing started while paused");
            Assert.That(await db.Jobs.CountAsync(j => j.Status == JobStatus.Queued && j.UpdatedAt == j.CreatedAt && j.Attempts == 0), Is.EqualTo(Jobs - 1));
        }

        await host.Queue.ResumeAsync();
        await Eventually.TrueAsync(() => host.Started.Count > 300, "the backlog runs again");
        Assert.That(host.Started, Is.Ordered);
    }

    [Test]
    public async Task One_type_can_be_paused_alone()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync(JobType.Publish);
        var publish = await host.EnqueueAsync(JobType.Publish);
        var scrape = await host.EnqueueAsync(JobType.Transform);

        await host.UntilAsync(scrape.Id, JobStatus.Completed);
        Assert.That(await host.Queue.IsPausedAsync(JobType.Publish), Is.True);
        Assert.That(await host.Queue.IsPausedAsync(JobType.Transform), Is.False);
        Assert.That(await host.Queue.IsPausedAsync(), Is.False);
        Assert.That((await host.JobAsync(publish.Id)).Status, Is.EqualTo(JobStatus.Queued));
        await host.Queue.ResumeAsync(JobType.Publish);
        await host.UntilAsync(publish.Id, JobStatus.Completed);
    }

    [Test]
    public async Task A_pause_ends_by_itself_at_its_time()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync(until: TimeProvider.System.GetUtcNow().AddSeconds(1));
        var job = await host.EnqueueAsync();

        var completed = await host.UntilAsync(job.Id, JobStatus.Completed, TimeSpan.FromSeconds(3));
        Assert.That(completed.WaitSeconds, Is.GreaterThan(0.5));
        Assert.That(await host.Queue.IsPausedAsync(), Is.False);
    }

    [Test]
    public async Task A_pause_survives_a_restart()
    {
        long id;
        await using (var host = await StartAsync())
        {
            await host.Queue.PauseAsync(reason: "maintenance");
            id = (await host.EnqueueAsync()).Id;
        }

        await using var restarted = await StartAsync();
        await Eventually.PassAsync(TimeSpan.FromMilliseconds(300));
        Assert.That((await restarted.Queue.GetPausesAsync()).Single().Reason, Is.EqualTo("maintenance"));
        Assert.That((await restarted.JobAsync(id)).Status, Is.EqualTo(JobStatus.Queued));
        await restarted.Queue.ResumeAsync();
        await restarted.UntilAsync(id, JobStatus.Completed);
    }

    [Test]
    public async Task Synchronous_processing_respects_the_pause()
    {
        await using var host = await StartAsync(null, ("Workers:Publish", "0"));
        var job = await host.EnqueueAsync();
        await host.Queue.PauseAsync();

        Assert.That(await host.Queue.ProcessNextJobAsync(), Is.Null);
        Assert.That(await host.Queue.ProcessBatchAsync(10), Is.Empty);
        await host.Queue.ResumeAsync();
        Assert.That((await host.Queue.ProcessNextJobAsync())!.Id, Is.EqualTo(job.Id));
    }

    [Test]
    public async Task Several_who_pause_the_same_at_once_succeed()
    {
        await using var host = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => host.Queue.PauseAsync(JobType.Publish, $"{n}")));

        Assert.That(await host.Queue.GetPausesAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    [Retry(3)]
    public async Task A_resumed_queue_starts_at_once()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var job = await host.EnqueueAsync();
        await Eventually.PassAsync(TimeSpan.FromMilliseconds(200));

        var resumedAt = TimeProvider.System.GetUtcNow();
        await host.Queue.ResumeAsync();
        var completed = await host.UntilAsync(job.Id, JobStatus.Completed);

        Assert.That(completed.StartedAt - resumedAt, Is.LessThan(TimeSpan.FromMilliseconds(500)));
    }
}
