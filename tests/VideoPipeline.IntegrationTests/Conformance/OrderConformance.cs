using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Dispatch;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Strict priority, and first in first out among equals.</summary>
/// <param name="many">How many are taken from all sides at once.</param>
internal abstract class OrderConformance(TestStorage storage, int many = 2000) : QueueFixture(storage)
{
    [Test]
    public async Task One_worker_starts_jobs_exactly_by_priority_and_age([Values(10, 200)] int window)
    {
        const int Jobs = 500;
        await using var host = await StartAsync(null, ("Workers:Publish", "1"), ("Dispatch:WindowSize", $"{window}"));
        await host.Queue.PauseAsync();
        var random = new Random(42);
        var acknowledged = new Dictionary<long, DateTimeOffset>();
        foreach (var video in await host.AddVideosAsync(Jobs))
        {
            var (job, _) = await host.Queue.EnqueueJobAsync(
                new EnqueueRequest { JobType = JobType.Publish, VideoId = video, Priority = random.Next(11) });
            acknowledged[job.Id] = TimeProvider.System.GetUtcNow();
        }

        var expected = (await host.Queue.GetPendingJobsAsync(limit: Jobs)).Select(job => job.Id).ToList();
        await host.Queue.ResumeAsync();
        await host.UntilAllAsync(JobStatus.Completed, Jobs);

        Assert.That(host.Started, Is.EqualTo(expected));
    }

    [Test]
    public async Task Pending_jobs_are_listed_in_the_order_of_priority_and_age()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var low = await host.EnqueueAsync(priority: 0);
        var first = await host.EnqueueAsync(priority: 5);
        var second = await host.EnqueueAsync(JobType.Download, priority: 5);
        var high = await host.EnqueueAsync(JobType.Transform, priority: 10);

        var pending = await host.Queue.GetPendingJobsAsync();

        Assert.That(pending.Select(job => job.Id), Is.EqualTo(new[] { high.Id, first.Id, second.Id, low.Id }));
    }

    [Test]
    public async Task With_several_workers_no_job_overtakes_one_that_outranks_it_and_has_waited()
    {
        const int Jobs = 400;
        await using var host = await StartAsync(
            async (_, stop) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stop);
                return Success;
            },
            ("Workers:Publish", "4"), ("Dispatch:WindowSize", "20"));
        var random = new Random(7);
        var acknowledged = new Dictionary<long, DateTimeOffset>();
        foreach (var video in await host.AddVideosAsync(Jobs))
        {
            var (job, _) = await host.Queue.EnqueueJobAsync(
                new EnqueueRequest { JobType = JobType.Publish, VideoId = video, Priority = random.Next(11) });
            acknowledged[job.Id] = TimeProvider.System.GetUtcNow();
        }

        await host.UntilAllAsync(JobStatus.Completed, Jobs);
        await using var db = await host.ReadAsync();
        var jobs = await db.Jobs.AsNoTracking().ToListAsync();
        var overtaken =
            from started in jobs
            from waiting in jobs
            where waiting.Priority > started.Priority
                && acknowledged[waiting.Id] < started.StartedAt - TimeSpan.FromMilliseconds(100)
                && waiting.StartedAt > started.StartedAt
            select $"{started.Id} (p{started.Priority}) started before {waiting.Id} (p{waiting.Priority})";
        Assert.That(overtaken, Is.Empty);
    }

    [Test]
    public async Task A_changed_priority_moves_a_waiting_job()
    {
        await using var host = await StartAsync(null, ("Workers:Publish", "1"));
        await host.Queue.PauseAsync();
        var first = await host.EnqueueAsync(priority: 5);
        var second = await host.EnqueueAsync(priority: 5);
        var third = await host.EnqueueAsync(priority: 1);
        await host.Queue.ChangePriorityAsync(third.Id, 9);
        await host.Queue.ChangePriorityAsync(first.Id, 0);

        await host.Queue.ResumeAsync();
        await host.UntilAllAsync(JobStatus.Completed, 3);

        Assert.That(host.Started, Is.EqualTo(new[] { third.Id, second.Id, first.Id }));
    }

    [Test]
    public async Task A_long_queue_is_in_order_in_Hangfire_after_a_job_came_back_to_its_head()
    {
        const int Jobs = 120;
        await using var host = await StartAsync(null, ("Workers:Publish", "0"));
        var videos = await host.AddVideosAsync(Jobs);
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        await Eventually.TrueAsync(() => Mirrored(host).Length == Jobs, "all are mirrored");
        await host.Service<JobSignals>().FlushAsync();

        var first = await host.Rows.ClaimNextAsync([JobType.Publish], "test");
        await host.Rows.GiveBackAsync(first!);

        var expected = (await host.Queue.GetPendingJobsAsync(limit: Jobs)).Select(job => job.Id).ToArray();
        Assert.That(expected[0], Is.EqualTo(first!.Id));
        await Eventually.TrueAsync(() => Mirrored(host).SequenceEqual(expected), "the queue is in the order of the rows");
    }

    /// <summary>The rows whose background jobs are in the queue of the default priority, in the order in which workers take them.</summary>
    private static long[] Mirrored(QueueHost host)
    {
        var enqueued = host.HangfireStorage.GetMonitoringApi().EnqueuedJobs(QueueName.Of(JobType.Publish, VideoProcessingJob.DefaultPriority), 0, 1000);

        // Where ids are numbers, their order is the queue's, here also where workers don't go by it: nothing was put into it again.
        return [.. enqueued.Where(entry => entry.Value?.State == EnqueuedState.StateName)
            .OrderBy(entry => long.TryParse(entry.Key, out var id) ? id : 0)
            .Select(entry => MirroredJob.RowOf(entry.Value.Job)!.Value.JobId)];
    }

    [Test]
    public async Task A_job_is_executed_once_however_many_take_from_the_queue()
    {
        await using var host = await StartAsync(null, ("Workers:Publish", "4"), ("Dispatch:WindowSize", "50"));
        await host.Queue.PauseAsync();
        var videos = await host.AddVideosAsync(many);
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        await host.Queue.ResumeAsync();

        var one = Parallel.ForAsync(0, many * 3 / 10, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (_, _) => await host.Queue.ProcessNextJobAsync());
        var batches = Parallel.ForAsync(0, many / 160, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (_, stop) => await host.Queue.ProcessBatchAsync(50, cancellationToken: stop));
        await Task.WhenAll(one, batches);
        await host.UntilAllAsync(JobStatus.Completed, many, TimeSpan.FromSeconds(60));

        Assert.That(host.Started, Is.Unique);
        Assert.That(host.Started, Has.Count.EqualTo(many));
    }

    [Test]
    [Retry(3)]
    public async Task Twenty_thousand_jobs_are_enqueued_in_under_five_seconds()
    {
        const int Jobs = 20_000;
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var videos = await host.AddVideosAsync(Jobs);

        var began = TimeProvider.System.GetTimestamp();
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        var took = TimeProvider.System.GetElapsedTime(began);

        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That((await host.Queue.GetStatisticsAsync()).QueueLength, Is.EqualTo(Jobs));
        Assert.That(host.HangfireStorage.GetMonitoringApi().GetStatistics().Enqueued, Is.LessThanOrEqualTo(400));
    }
}
