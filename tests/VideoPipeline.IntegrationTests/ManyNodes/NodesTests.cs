using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Conformance;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.ManyNodes;

/// <summary>Nodes in processes of their own on one PostgreSQL: how they share the work, hear of it, and what they cost while there is none.</summary>
internal sealed class NodesTests
{
    private static int _databases;

    private readonly ConcurrentBag<NodeProcess> _together = [];

    private string _database = null!;
    private TemporaryFolder _folder = null!;
    private Dictionary<string, string?> _settings = null!;

    [SetUp]
    public async Task MakeDatabaseAsync()
    {
        _folder = new TemporaryFolder();
        var server = await TestServers.PostgreSqlAsync();
        _database = $"nodes_{++_databases}";
        _settings = new()
        {
            ["Storage:Mode"] = "PostgreSql",
            ["Storage:ConnectionString"] = await server.CreateDatabaseAsync(_database),
        };
        await server.ExecuteAsync(_database, "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint NOT NULL, token uuid NOT NULL, worker text NOT NULL)");
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in _together)
        {
            await node.DisposeAsync();
        }

        _together.Clear();
        _folder.Dispose();
    }

    [Test]
    public async Task Nodes_that_start_at_once_on_an_empty_database_make_its_tables_together()
    {
        await StartThreeAsync(workers: 1);

        await using var api = await QueueHost.StartAsync(Settings("api", workers: 0));
        await api.UntilAsync((await api.EnqueueAsync()).Id, JobStatus.Completed);
    }

    [Test]
    public async Task Nodes_that_start_at_once_make_Hangfires_tables_together_and_enqueue_an_overdue_scrape_once()
    {
        await using (var db = await ContextAsync())
        {
            await db.MigrateAsync(CancellationToken.None);
            var longAgo = TimeProvider.System.GetUtcNow().AddHours(-1);
            db.Channels.Add(new Channel { Name = "Overdue", SourceUrl = "/", Profile = "default", Cron = "* * * * *", CreatedAt = longAgo, UpdatedAt = longAgo });
            await db.SaveChangesAsync();
        }

        // All of Hangfire's tables are still to be made, and none of the nodes takes the scrape away.
        await StartThreeAsync(workers: 0);
        await using (var db = await ContextAsync())
        {
            Assert.That(await db.Jobs.CountAsync(job => job.JobType == JobType.Scrape), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Two_nodes_share_the_work()
    {
        const int Jobs = 1000;
        await using var api = await QueueHost.StartAsync(Settings("api", workers: 0));
        await api.Queue.PauseAsync();
        var videos = await api.AddVideosAsync(Jobs);
        await api.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Publish, VideoId = video })]);
        await using var one = await NodeProcess.StartAsync(Settings("one", workers: 4));
        await using var other = await NodeProcess.StartAsync(Settings("other", workers: 4));

        await api.Queue.ResumeAsync();
        await api.UntilAllAsync(JobStatus.Completed, Jobs, TimeSpan.FromSeconds(120));

        await using var db = await api.ReadAsync();
        var workers = await db.Jobs.Select(j => j.Worker!).ToListAsync();
        var shares = workers.CountBy(worker => worker.Split('/')[0]).ToDictionary();
        TestContext.Out.WriteLine(string.Join(", ", shares));
        Assert.That(shares.Keys, Is.EquivalentTo(new[] { one.Name, other.Name }));
        Assert.That(shares.Values, Is.All.GreaterThanOrEqualTo(0.3 * Jobs));
    }

    [Test]
    [Retry(3)]
    public async Task A_worker_of_another_node_starts_a_job_within_a_tenth_of_a_second()
    {
        await using var api = await QueueHost.StartAsync(Settings("api", workers: 0));
        await using var node = await NodeProcess.StartAsync(Settings("node", workers: 2));
        var waits = new List<double>();
        foreach (var video in await api.AddVideosAsync(21))
        {
            var (job, _) = await api.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video });
            waits.Add((await api.UntilAsync(job.Id, JobStatus.Completed)).WaitSeconds!.Value);
        }

        waits.Sort();
        TestContext.Out.WriteLine($"median {waits[waits.Count / 2]:0.000} s, longest {waits[^1]:0.000} s");
        Assert.That(waits[waits.Count / 2], Is.LessThan(0.1));
    }

    [Test]
    public async Task A_pause_reaches_other_nodes_within_a_second_and_a_resume_at_once()
    {
        await using var api = await QueueHost.StartAsync(Settings("api", workers: 0));
        await using var node = await NodeProcess.StartAsync(Settings("node", workers: 2));
        await api.Queue.PauseAsync();
        await Eventually.PassAsync(PauseState.RefreshInterval * 1.5);
        var job = await api.EnqueueAsync();
        await Eventually.PassAsync(TimeSpan.FromSeconds(1));
        Assert.That((await api.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Queued));

        await api.Queue.ResumeAsync();

        await api.UntilAsync(job.Id, JobStatus.Completed, PauseState.RefreshInterval * 2);
    }

    [Test]
    public async Task A_job_that_nobody_was_told_of_starts_after_the_next_comparison()
    {
        await using var api = await QueueHost.StartAsync(Settings("api", workers: 0));
        await using var node = await NodeProcess.StartAsync(Settings("node", workers: 2));

        // A notification reaches those who listen; whoever connects again just then is not among them.
        await (await TestServers.PostgreSqlAsync()).ExecuteAsync(
            _database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        var job = await api.EnqueueAsync();

        await api.UntilAsync(job.Id, JobStatus.Completed, TimeSpan.FromSeconds(12));
    }

    [Test]
    public async Task An_idle_node_costs_next_to_nothing()
    {
        var time = TimeSpan.FromSeconds(10);
        var server = await TestServers.PostgreSqlAsync();
        await server.ExecuteAsync(_database, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await using var node = await NodeProcess.StartAsync(Settings("node", workers: 2));

        // What belongs to the start isn't idling: for a while the runtime compiles again what was used.
        await Eventually.TrueAsync(
            async () =>
            {
                var processorTime = node.ProcessorTime;
                var statements = await server.StatementsAsync(_database);
                await Eventually.PassAsync(time);
                var load = (node.ProcessorTime - processorTime) / time;
                var perSecond = (await server.StatementsAsync(_database) - statements) / time.TotalSeconds;
                TestContext.Out.WriteLine($"{load:0.0 %} of a core, {perSecond:0.0} statements per second");
                return load < 0.02 && perSecond < 5;
            },
            "it needs less than 2 % of a core and 5 statements per second",
            TimeSpan.FromSeconds(90));
    }

    private async Task<PostgreSqlPipelineDbContext> ContextAsync() => new(PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(
        (await TestServers.PostgreSqlAsync()).ConnectionString(_database)));

    private Task StartThreeAsync(int workers) => Task.WhenAll(Enumerable.Range(0, 3).Select(
        async n => _together.Add(await NodeProcess.StartAsync(Settings($"node{n}", workers)))));

    private Dictionary<string, string?> Settings(string name, int workers)
    {
        var settings = new Dictionary<string, string?>(_settings) { ["DataDirectory"] = _folder.Of(name) };
        foreach (var jobType in JobTypes.All)
        {
            settings[$"Workers:{jobType}"] = $"{workers}";
        }

        return settings;
    }
}
