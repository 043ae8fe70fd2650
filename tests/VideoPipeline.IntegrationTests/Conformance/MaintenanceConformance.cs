using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>What is deleted when it is old, and what never is.</summary>
internal abstract class MaintenanceConformance(TestStorage storage) : QueueFixture(storage)
{
    private static readonly (string Name, string Value) NoWorkers = ("Workers:Publish", "0");

    /// <summary>The host itself deletes nothing, so that a test can count what its own <see cref="Pruner"/> does.</summary>
    private static readonly (string Name, string Value)[] KeepAll =
        [NoWorkers, ("Retention:Completed", "0"), ("Retention:Cancelled", "0"), ("Retention:Failed", "0"), ("Lease:Duration", "01:00:00")];

    [Test]
    public async Task Finished_jobs_go_when_their_time_is_over_and_their_attempts_with_them()
    {
        await using var host = await StartAsync(FailPriority5Async, KeepAll);
        var kept = new List<long>();
        var old = new List<long>();
        foreach (var (status, days) in new[] { (JobStatus.Completed, 30), (JobStatus.Cancelled, 30), (JobStatus.Failed, 90) })
        {
            kept.Add(await EndedAsync(host, status, TimeSpan.FromDays(days - 1)));
            old.Add(await EndedAsync(host, status, TimeSpan.FromDays(days + 1)));
        }

        Assert.That(await PruneAsync(host), Is.EqualTo(old.Count));

        await using var db = await host.ReadAsync();
        Assert.That(await db.Jobs.OrderBy(j => j.Id).Select(j => j.Id).ToListAsync(), Is.EqualTo(kept));
        Assert.That(await db.Attempts.OrderBy(a => a.JobId).Select(a => a.JobId).ToListAsync(), Is.EqualTo(new[] { kept[0], kept[2] }), "a cancelled one never ran");
        Assert.That(await db.Videos.CountAsync(), Is.EqualTo(6), "videos stay");
    }

    [Test]
    public async Task What_has_not_ended_stays_whatever_its_times_say()
    {
        await using var host = await StartAsync(null, KeepAll);
        var processing = await host.EnqueueAsync();
        await host.Rows.ClaimAsync(processing.Id, JobType.Publish, "test", hangfireJobId: null);
        var retrying = await host.EnqueueAsync();
        var claimed = await host.Rows.ClaimAsync(retrying.Id, JobType.Publish, "test", hangfireJobId: null);
        await host.Rows.SnoozeAsync(claimed!, new SnoozeException("later", TimeProvider.System.GetUtcNow().AddHours(1)));
        var queued = await host.EnqueueAsync();
        await AgeAsync(host, [queued.Id, processing.Id, retrying.Id], TimeSpan.FromDays(1000));

        Assert.That(await PruneAsync(host), Is.Zero);

        await using var db = await host.ReadAsync();
        Assert.That(
            await db.Jobs.Select(j => j.Status).ToListAsync(), Is.EquivalentTo(new[] { JobStatus.Queued, JobStatus.Processing, JobStatus.Retrying }));
        Assert.That(
            () => host.Rows.PruneAsync(JobStatus.Queued, TimeProvider.System.GetUtcNow(), 1, CancellationToken.None), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task Zero_keeps_for_ever()
    {
        await using var host = await StartAsync(FailPriority5Async, KeepAll);
        var failed = await EndedAsync(host, JobStatus.Failed, TimeSpan.FromDays(10_000));
        await EndedAsync(host, JobStatus.Completed, TimeSpan.FromDays(11));

        await PruneAsync(host, new RetentionOptions { Failed = TimeSpan.Zero, Completed = TimeSpan.FromDays(10) });

        await using var db = await host.ReadAsync();
        Assert.That(await db.Jobs.Select(j => j.Id).ToListAsync(), Is.EqualTo(new[] { failed }));
    }

    [Test]
    public async Task A_success_is_not_forgotten_before_the_failure_that_it_mended()
    {
        await using var host = await StartAsync(FailPriority5Async, KeepAll);
        var failed = await EndedAsync(host, JobStatus.Failed, TimeSpan.FromDays(40));
        var video = (await host.JobAsync(failed)).VideoId;
        var (again, _) = await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video, Priority = 1 });
        Assert.That((await host.Queue.ProcessNextJobAsync())!.Status, Is.EqualTo(JobStatus.Completed));
        await AgeAsync(host, [again.Id], TimeSpan.FromDays(39));

        Assert.That(await PruneAsync(host), Is.Zero, "else the video would look as if its publishing had failed");

        await AgeAsync(host, [failed], TimeSpan.FromDays(91));
        await PruneAsync(host);
        await PruneAsync(host);
        Assert.That(await host.Queue.GetJobsAsync(new JobFilter()), Is.Empty);
    }

    [Test]
    public async Task Many_jobs_go_in_batches_and_those_who_prune_at_once_count_each_job_once()
    {
        const int Jobs = 1200;
        await using var host = await StartAsync(null, KeepAll);
        await ManyEndedAsync(host, Jobs, JobStatus.Completed);

        // Another node, where there can be one.
        await using var other = host.Service<IOptions<StorageOptions>>().Value.IsShared ? await StartAnotherAsync(KeepAll) : null;
        var deleted = await Task.WhenAll(new[] { host, other ?? host, host, other ?? host }.Select(node => PruneAsync(node)));

        Assert.That(deleted.Sum(), Is.EqualTo(Jobs));
        Assert.That(await host.Queue.GetJobsAsync(new JobFilter()), Is.Empty);
    }

    [Test]
    public async Task A_job_that_is_retried_while_old_ones_are_deleted_is_either_gone_or_queued()
    {
        const int Jobs = 600;
        await using var host = await StartAsync(null, KeepAll);
        var ids = await ManyEndedAsync(host, Jobs, JobStatus.Failed);

        var pruning = PruneAsync(host);
        var retried = new List<long>();
        foreach (var id in ids.Reverse())
        {
            try
            {
                retried.Add((await host.Queue.RetryJobAsync(id)).Id);
            }
            catch (Exception exception) when (exception is UnknownIdException or ConflictException)
            {
                // It was gone already, or went in this moment.
            }
        }

        Assert.That(await pruning, Is.EqualTo(Jobs - retried.Count));
        TestContext.Out.WriteLine($"{retried.Count} of {Jobs} were retried in time");
        await using var db = await host.ReadAsync();
        Assert.That(await db.Jobs.Where(j => j.Status == JobStatus.Queued).Select(j => j.Id).ToListAsync(), Is.EquivalentTo(retried));
        Assert.That(await db.Jobs.CountAsync(), Is.EqualTo(retried.Count));
    }

    [Test]
    public async Task It_begins_by_itself_soon_after_the_start()
    {
        await using (var host = await StartAsync(null, KeepAll))
        {
            await ManyEndedAsync(host, 3, JobStatus.Cancelled);
        }

        await using var restarted = await StartAsync(null, NoWorkers);
        await Eventually.TrueAsync(async () => (await restarted.Queue.GetJobsAsync(new JobFilter())).Count == 0, "old jobs are deleted");
    }

    private static async Task<int> PruneAsync(QueueHost host, RetentionOptions? options = null)
    {
        using var pruner = new Pruner(
            host.Rows, host.Service<AuditLog>(), TimeProvider.System, Random.Shared, Options.Create(options ?? new RetentionOptions()), NullLogger<Pruner>.Instance);
        return await pruner.PruneAsync(CancellationToken.None);
    }

    private static Task<StageResult> FailPriority5Async(StageContext context, CancellationToken cancellationToken) =>
        context.Job.Priority == 5 ? throw new PermanentFailureException("no") : Task.FromResult(Success);

    /// <summary>A job that ended so, so long ago.</summary>
    private static async Task<long> EndedAsync(QueueHost host, JobStatus status, TimeSpan age)
    {
        var job = await host.EnqueueAsync(priority: status == JobStatus.Failed ? 5 : 1);
        var ended = status == JobStatus.Cancelled ? await host.Queue.CancelJobAsync(job.Id) : await host.Queue.ProcessNextJobAsync();
        Assert.That((ended!.Id, ended.Status), Is.EqualTo((job.Id, status)));
        await AgeAsync(host, [job.Id], age);
        return job.Id;
    }

    private static async Task<IReadOnlyList<long>> ManyEndedAsync(QueueHost host, int count, JobStatus status)
    {
        var videos = await host.AddVideosAsync(count);
        var jobs = await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        await host.Service<RowWriter>().WriteAsync(db => db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(j => j.Status, status)));
        long[] ids = [.. jobs.Select(job => job.Id)];
        foreach (var some in ids.Chunk(500))
        {
            await AgeAsync(host, some, TimeSpan.FromDays(365));
        }

        return ids;
    }

    private static Task<int> AgeAsync(QueueHost host, long[] ids, TimeSpan age)
    {
        var then = TimeProvider.System.GetUtcNow() - age;
        return host.Service<RowWriter>().WriteAsync(db => db.Jobs.Where(j => ids.Contains(j.Id)).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.CompletedAt, then).SetProperty(j => j.CreatedAt, then).SetProperty(j => j.UpdatedAt, then)));
    }
}
