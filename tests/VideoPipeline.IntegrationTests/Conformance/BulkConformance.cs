using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Operations on many jobs at once, and lists of them while they change.</summary>
internal abstract class BulkConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task Hundreds_are_reprioritised_cancelled_and_retried_in_batches()
    {
        const int Count = 750;
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var jobs = await EnqueueManyAsync(host, Count);
        var all = new JobSelection { Filter = new JobFilter { JobType = JobType.Publish } };

        var counted = await host.Queue.ChangePrioritiesAsync(all, 9, dryRun: true);
        Assert.That((counted.Matched, counted.Changed, counted.Items.Count), Is.EqualTo((Count, Count, 0)));
        Assert.That((await host.JobAsync(jobs[0])).Priority, Is.EqualTo(5), "a dry run changes nothing");

        AssertDone(await host.Queue.ChangePrioritiesAsync(all, 9), Count);
        AssertDone(await host.Queue.ChangePrioritiesAsync(all, 9), 0);
        AssertDone(await host.Queue.CancelJobsAsync(all), Count);
        AssertDone(await host.Queue.CancelJobsAsync(all), 0);
        AssertDone(await host.Queue.RetryJobsAsync(all), 0);
        AssertDone(await host.Queue.RetryJobsAsync(new JobSelection { Filter = new JobFilter { Status = JobStatus.Cancelled } }), Count);

        await host.Queue.ResumeAsync();
        await host.UntilAsync(jobs[0], JobStatus.Completed);
        await using var db = await host.ReadAsync();
        Assert.That(await db.Jobs.CountAsync(j => j.Priority == 9), Is.EqualTo(Count));
    }

    [Test]
    public async Task Only_what_can_be_retried_is_and_once_for_each_video()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var jobs = await EnqueueManyAsync(host, 4);
        foreach (var job in jobs)
        {
            await host.Queue.CancelJobAsync(job);
        }

        // The first one's work is done by a job that waits, the second one's was cancelled a second time, the third one's channel is gone.
        var (held, _) = await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = (await host.JobAsync(jobs[0])).VideoId });
        var (twice, _) = await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = (await host.JobAsync(jobs[1])).VideoId });
        await host.Queue.CancelJobAsync(twice.Id);
        var orphan = await host.EnqueueAsync();
        await host.Channels.DeleteAsync(orphan.ChannelId);

        var selection = new JobSelection { Ids = [.. jobs, twice.Id, orphan.Id, held.Id, 999_999, jobs[3]] };
        var counted = await host.Queue.RetryJobsAsync(selection, dryRun: true);
        var retried = await host.Queue.RetryJobsAsync(selection);

        Assert.That((counted.Matched, counted.Changed), Is.EqualTo((7, 6)), "a dry run goes by the statuses alone");
        Assert.That((retried.Matched, retried.Changed, retried.Skipped), Is.EqualTo((7, 3, 4)));
        Assert.That(retried.Items.Select(job => job.Id), Is.EqualTo(new[] { jobs[2], jobs[3], twice.Id }));
        Assert.That((await host.JobAsync(orphan.Id)).Status, Is.EqualTo(JobStatus.Cancelled));
        Assert.That((await host.JobAsync(jobs[1])).Status, Is.EqualTo(JobStatus.Cancelled));
    }

    [Test]
    public async Task A_retry_by_filter_leaves_alone_what_a_later_job_has_mended_and_means_the_latest_of_several()
    {
        await using var host = await StartAsync(
            (context, _) => context.Job.Priority == 0 ? throw new PermanentFailureException("no") : Task.FromResult(Success), ("Workers:Publish", "0"));
        var (mended, unmended) = ((await host.AddVideosAsync(1))[0], (await host.AddVideosAsync(1))[0]);
        await RunAsync(mended, priority: 0);
        await RunAsync(mended, priority: 5);
        await RunAsync(unmended, priority: 0);

        // More than a batch lies between the two.
        await EnqueueManyAsync(host, 150);
        await host.Queue.CancelJobsAsync(new JobSelection { Filter = new JobFilter { Status = JobStatus.Queued } });
        await host.Writer.WriteAsync(db => db.Jobs.Where(j => j.Status == JobStatus.Cancelled).ExecuteUpdateAsync(set => set.SetProperty(j => j.Status, JobStatus.Failed)));
        var latest = await RunAsync(unmended, priority: 0);

        var counted = await host.Queue.RetryJobsAsync(new JobSelection { Filter = new JobFilter() }, dryRun: true);
        AssertDone(await host.Queue.RetryJobsAsync(new JobSelection { Filter = new JobFilter() }), 151);

        Assert.That(counted.Matched, Is.EqualTo(151));
        Assert.That((await host.Queue.GetJobsAsync(new JobFilter { VideoId = unmended, Status = JobStatus.Queued })).Single().Id, Is.EqualTo(latest));
        Assert.That(await host.Queue.GetJobsAsync(new JobFilter { VideoId = mended, Status = JobStatus.Queued }), Is.Empty);

        async Task<long> RunAsync(long video, int priority)
        {
            var (job, _) = await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video, Priority = priority });
            Assert.That((await host.Queue.ProcessNextJobAsync())!.Id, Is.EqualTo(job.Id));
            return job.Id;
        }
    }

    [Test]
    public async Task Two_operators_and_the_workers_at_once_leave_every_job_in_one_state()
    {
        await using var host = await StartAsync(null, ("Workers:Publish", "4"));
        await EnqueueManyAsync(host, 400);
        var all = new JobSelection { Filter = new JobFilter { JobType = JobType.Publish } };

        var results = await Task.WhenAll(host.Queue.CancelJobsAsync(all), host.Queue.ChangePrioritiesAsync(all, 7), host.Queue.CancelJobsAsync(all));

        await using var db = await host.ReadAsync();
        var cancelled = await db.Jobs.CountAsync(j => j.Status == JobStatus.Cancelled);
        Assert.That(results[0].Changed + results[2].Changed, Is.EqualTo(cancelled));
        await Eventually.TrueAsync(async () => (await host.Queue.GetStatisticsAsync()) is { Queued: 0, Processing: 0 }, "all have ended");
        Assert.That(host.Started.Distinct().Count(), Is.EqualTo(host.Started.Count), "nothing ran twice");
    }

    [Test]
    public async Task A_running_stage_is_stopped_by_a_bulk_cancel()
    {
        await using var host = await StartAsync((_, stop) => RunForeverAsync(stop), ("Workers:Publish", "1"));
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Processing);

        AssertDone(await host.Queue.CancelJobsAsync(new JobSelection { Ids = [job.Id] }), 1);

        Assert.That((await host.Queue.GetAttemptsAsync(job.Id)).Single().Outcome, Is.EqualTo(AttemptOutcome.Cancelled));
        var next = await host.EnqueueAsync();
        await host.UntilAsync(next.Id, JobStatus.Processing);
    }

    [Test]
    public async Task Errors_are_found_by_a_part_of_them_in_any_case()
    {
        await using var host = await StartAsync((context, _) => throw new PermanentFailureException(context.Job.Priority == 1 ? "Schlüssel FEHLT_100%" : "else"));
        var wanted = await host.EnqueueAsync(priority: 1);
        await host.EnqueueAsync();
        await host.UntilAllAsync(JobStatus.Failed, 2);

        foreach (var text in new[] { "Schlüssel FEHLT_100%", "fehlt_", "100%", "SCHLÜSSEL" })
        {
            var found = await host.Queue.GetJobsAsync(new JobFilter { Status = JobStatus.Failed, ErrorContains = text });
            Assert.That(found.Select(job => job.Id), Is.EqualTo(new[] { wanted.Id }), text);
        }

        Assert.That(await host.Queue.GetJobsAsync(new JobFilter { ErrorContains = "F_HLT" }), Is.Empty, "no wildcards");
        Assert.That(await host.Queue.GetJobsAsync(new JobFilter { CreatedAfter = wanted.CreatedAt, CreatedBefore = wanted.CreatedAt.AddMilliseconds(1) }), Is.Not.Empty);
        Assert.That(await host.Queue.GetJobsAsync(new JobFilter { CreatedBefore = wanted.CreatedAt }), Is.Empty);
    }

    /// <summary>What was there and matched all the time is listed once, whatever is added, changed and removed meanwhile.</summary>
    [Test]
    public async Task Pages_neither_repeat_nor_miss_a_job_while_others_write()
    {
        await using var host = await StartAsync();
        await host.Queue.PauseAsync();
        var steady = await EnqueueManyAsync(host, 300);
        var leaving = await EnqueueManyAsync(host, 300);
        var writers = Task.WhenAll(
            Task.Run(() => EnqueueManyAsync(host, 300)),
            Task.Run(() => host.Queue.CancelJobsAsync(new JobSelection { Ids = leaving })),
            Task.Run(() => host.Queue.ChangePrioritiesAsync(new JobSelection { Filter = new JobFilter { JobType = JobType.Publish } }, 8)));

        do
        {
            var seen = new List<long>();
            IReadOnlyList<VideoProcessingJob> page;
            do
            {
                page = await host.Queue.GetJobsAsync(new JobFilter { Status = JobStatus.Queued }, limit: 7, seen.Count == 0 ? null : seen[^1]);
                seen.AddRange(page.Select(job => job.Id));
            }
            while (page.Count == 7);

            Assert.That(seen, Is.Unique.And.SupersetOf(steady));
        }
        while (!writers.IsCompleted);

        await writers;
    }

    private static void AssertDone(BulkResult result, int changed)
    {
        Assert.That((result.Matched, result.Changed, result.Skipped), Is.EqualTo((changed, changed, 0)));
        Assert.That(result.Items, Has.Count.EqualTo(Math.Min(changed, BulkResult.MaxItems)));
    }

    private static async Task<long[]> EnqueueManyAsync(QueueHost host, int count)
    {
        var videos = await host.AddVideosAsync(count);
        var jobs = await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        return [.. jobs.Select(job => job.Id)];
    }
}

[TestFixture]
internal sealed class BulkOnSqlite() : BulkConformance(TestStorage.Sqlite);

[TestFixture]
internal sealed class BulkOnPostgreSql() : BulkConformance(TestStorage.PostgreSql);

[TestFixture]
internal sealed class BulkOnSqlServer() : BulkConformance(TestStorage.SqlServer);
