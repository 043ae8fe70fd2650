using System.Reflection;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Access;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Dispatch;
using VideoPipeline.GitHub;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>
/// Every statement that the service sends to SQL Server is T-SQL. The compiled code says which methods send some, and how
/// many; each of them is run against a stand-in that parses what it gets, under every kind of answer, until each of its
/// calls has been heard. So a new query is tested without a test of its own, and one that can't be reached fails this.
/// </summary>
public sealed class SqlServerStatementsTests
{
    private const int Variants = 6;

    private static readonly Assembly[] Service = [typeof(PipelineDbContext).Assembly, typeof(VideoPipeline.Server.ListenAddresses).Assembly];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Answers[] Kinds =
    [
        new(),
        new() { Exists = true },
        new() { Rows = 0 },
        new() { Status = "processing" },
        new() { Status = "retrying" },
        new() { Status = "failed" },
        new() { Status = "completed" },
        new() { Exists = true, EmptyTable = "videos" },
        new() { Exists = true, EmptyTable = "videos", InsertsCollide = true },
    ];

    /// <summary>They send what EF writes for its own table, or what other databases get.</summary>
    private static readonly string[] NotOurs =
    [
        "VideoPipeline.Database.DatabaseStartup.StartAsync",
        "VideoPipeline.Database.PostgreSqlDatabase.",
        "VideoPipeline.Database.PostgreSqlDatabase+",
        "VideoPipeline.Database.SqliteDatabase.",
        "VideoPipeline.Database.SqlServerPipelineDbContext.MigrateAsync",
    ];

    private string _folder = null!;

    private string Videos => Path.Combine(_folder, "videos");

    private string Video => Path.Combine(Videos, "video.mp4");

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("vp-test-").FullName;
        Directory.CreateDirectory(Videos);
        File.WriteAllText(Video, "not really a video");
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Every_method_that_sends_statements_sends_ones_that_SQL_Server_understands()
    {
        // Some statements are sent only when somebody asked for what is done.
        Actor.Become(Actor.Local);
        var sites = StatementSites.In(Service).Where(site => !NotOurs.Any(site.ToString().StartsWith)).ToList();
        var reasons = new HashSet<string?>();
        var outcomes = new Dictionary<StatementSite, Exception?>();
        var (host, server) = Build();
        using (host)
        {
            foreach (var answers in Kinds.TakeWhile(_ => sites.Any(site => Unheard(site, server) > 0)))
            {
                foreach (var call in CallsThatSamplesCannotMake(host.Services))
                {
                    server.Prepare(answers);
                    reasons.Add((await SampleCalls.RunAsync(call))?.Message);
                }

                foreach (var (variant, leaveOut) in from variant in Enumerable.Range(0, Variants) from leaveOut in (bool[])[true, false] select (variant, leaveOut))
                {
                    foreach (var site in sites.Where(site => Unheard(site, server) > 0))
                    {
                        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
                        server.Prepare(answers);
                        outcomes[site] = await new SampleCalls(host.Services, variant, leaveOut, limit.Token).CallAsync(site.Entry);
                    }
                }
            }
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(server.Errors, Is.Empty);
            Assert.That(
                sites.Where(site => Unheard(site, server) > 0).Select(site =>
                    $"{Unheard(site, server)} of {site.Calls} calls in {site}. Its last run ended with: {outcomes[site]?.Message ?? "nothing wrong"}"),
                Is.Empty,
                $"These calls of EF were not reached: add a kind of answer, or a call to {nameof(CallsThatSamplesCannotMake)}. Those ended with: {string.Join(" | ", reasons)}");

            // Against a test that has quietly lost its subject.
            Assert.That(sites, Has.Count.GreaterThan(50));
            foreach (var kind in new[] { "SELECT TOP(", "INSERT INTO [video_processing_jobs]", "INSERT INTO [job_attempts]", "UPDATE [video_processing_jobs]", "DELETE FROM" })
            {
                Assert.That(server.Sent.Select(statement => statement.Text), Has.Some.Contains(kind));
            }
        }
    }

    [Test]
    public void What_SQL_Server_would_not_understand_is_noticed()
    {
        var server = NewStandIn();
        using var db = new Contexts(server).CreateDbContext();
        server.Prepare(new());

        db.Database.ExecuteSqlRaw("SELECT id FROM channels LIMIT 1");

        Assert.That(server.Errors, Has.Count.GreaterThan(0).And.Some.Contains("LIMIT"));
    }

    /// <summary>What needs values that make sense together, or something before it.</summary>
    private IEnumerable<Func<Task>> CallsThatSamplesCannotMake(IServiceProvider services)
    {
        yield return () => services.GetRequiredService<ChannelCatalog>().ChangeAsync(1, request => request);
        yield return () => services.GetRequiredService<VideoCatalog>().AddAsync(new VideoRequest { ChannelId = 1, Url = Video });
        yield return () => services.GetRequiredService<QueueService>().EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Scrape, ChannelId = 1 });
        yield return () => services.GetRequiredService<ChannelCatalog>().ResumeAsync(1);
        yield return () => services.GetRequiredService<QueueService>().RetryJobAsync(1);
        foreach (var selection in new JobSelection[] { new() { Ids = [1] }, new() { Filter = new JobFilter() } })
        {
            yield return () => services.GetRequiredService<QueueService>().RetryJobsAsync(selection, dryRun: true);
            yield return () => services.GetRequiredService<QueueService>().RetryJobsAsync(selection);
            yield return () => services.GetRequiredService<QueueService>().CancelJobsAsync(selection);
            yield return () => services.GetRequiredService<QueueService>().ChangePrioritiesAsync(selection, priority: 1);
        }

        yield return () => services.GetRequiredService<JobRows>().RefuseAsync(Scrape, new SourceRefusedException("not now"));
        yield return () => ExplainAsync(services);
        foreach (var call in DispatchCalls(services.GetRequiredService<WorkflowDispatches>()))
        {
            yield return call;
        }

        yield return () => services.GetServices<IVideoSource>().Single(source => source.Kind == SourceKind.Feed).ListAsync(Feed, CancellationToken.None);
        yield return () => ActivatorUtilities.CreateInstance<ScrapeStage>(services, new object[] { new IVideoSource[] { new OneVideo() } })
            .RunAsync(new() { Job = Scrape, Channel = Feed, WorkFolder = _folder, ReportProgress = _ => { } }, CancellationToken.None);
        yield return () => SyncAsync(services, services.GetRequiredService<Mirror>(), new FakeTimeProvider());
        yield return () => services.GetRequiredService<ApiKeys>().RecogniseAsync(KeyText.New().Text, CancellationToken.None);
        yield return () => Task.Run(() => services.GetRequiredService<ProtectionKeyRepository>().StoreElement(new("key"), "key"));
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        yield return () => SyncAsync(services, ActivatorUtilities.CreateInstance<SharedMirror>(services, time), time);
    }

    /// <summary>Of a job that local workers run.</summary>
    private static async Task ExplainAsync(IServiceProvider services)
    {
        await using var db = services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContext();
        await JobSurroundings.ReadAsync(
            db, new() { Id = 1, VideoId = 1, JobType = JobType.Publish, Status = JobStatus.Queued }, [], dispatch: null, DateTimeOffset.UnixEpoch, CancellationToken.None);
    }

    private static IEnumerable<Func<Task>> DispatchCalls(WorkflowDispatches dispatches)
    {
        var dispatch = new WorkflowDispatch { Id = 1, JobId = 1, JobType = JobType.Publish, Token = Guid.NewGuid(), Repository = "a/b", Workflow = "c.yml", Ref = "main" };
        var run = new GitHubRun(1, Attempt: 1, WorkflowDispatch.TitleOf(1, dispatch.Token), "completed", "success");
        yield return () => dispatches.ClaimAsync(JobType.Publish, new(), TimeSpan.Zero, CancellationToken.None);
        yield return () => dispatches.TakeAsync(dispatch, TimeSpan.Zero, CancellationToken.None);
        yield return () => dispatches.SendingAsync(dispatch, CancellationToken.None);
        yield return () => dispatches.AcceptedAsync(dispatch, DateTimeOffset.UnixEpoch, CancellationToken.None);
        yield return () => dispatches.LaterAsync(dispatch, DateTimeOffset.UnixEpoch, CancellationToken.None);
        yield return () => dispatches.EndAsync(dispatch, "over", CancellationToken.None);
        yield return () => dispatches.UpdateAsync(run, CancellationToken.None);
    }

    /// <summary>With background jobs that no row is marked with, and a row that others have given way to for too long.</summary>
    private static async Task SyncAsync(IServiceProvider services, Mirror mirror, FakeTimeProvider time)
    {
        var job = new WaitingJob(1, JobType.Download, Priority: 5, time.GetUtcNow(), ChannelId: 1, VideoId: 1);
        var scheduled = services.GetRequiredService<IBackgroundJobClient>().Create(MirroredJob.For(job, "x"), new ScheduledState(TimeSpan.FromHours(1)));
        await mirror.StartAsync(CancellationToken.None);
        mirror.Scheduled(job.JobType, job.Id, scheduled);
        services.GetRequiredService<JobSignals>().RaiseOutranked(job);
        await mirror.SyncAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(2));
        services.GetRequiredService<JobSignals>().RaiseOutranked(job);
        await mirror.SyncAsync(CancellationToken.None);
        await mirror.StopAsync(CancellationToken.None);
    }

    private static Channel Feed => new() { Id = 1, Name = "x", SourceKind = SourceKind.Feed, SourceUrl = "http://127.0.0.1:1/", Profile = "default" };

    private static VideoProcessingJob Scrape => new() { Id = 1, JobType = JobType.Scrape, ChannelId = 1, Status = JobStatus.Processing, Attempts = 1, MaxAttempts = 3 };

    /// <summary>How many of the site's calls have sent nothing yet.</summary>
    private static int Unheard(StatementSite site, SqlServerStandIn server) => site.Calls - server.Sent.Select(statement => statement.Sender).Distinct()
        .Count(sender => sender is { } known && known.Module == site.Body.Module && known.Method == site.Body.MetadataToken);

    private (IHost Host, SqlServerStandIn Server) Build()
    {
        var server = NewStandIn();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["VideoPipeline:DataDirectory"] = Path.Combine(_folder, "data"),
            ["VideoPipeline:Storage:Mode"] = nameof(StorageMode.SqlServer),
            ["VideoPipeline:Storage:ConnectionString"] = "Server=stand-in",
            ["VideoPipeline:Storage:Dispatcher"] = nameof(DispatcherKind.InMemory),
        });
        builder.Services.AddVideoPipeline(builder.Configuration);
        builder.Services.Replace(ServiceDescriptor.Singleton<IDbContextFactory<PipelineDbContext>>(new Contexts(server)));
        return (builder.Build(), server);
    }

    private SqlServerStandIn NewStandIn()
    {
        using var model = new SqlServerPipelineDbContext.DesignTimeFactory().CreateDbContext([]);
        return new SqlServerStandIn(new StandInRows(model, Videos), Service);
    }

    private sealed class Contexts(SqlServerStandIn server) : IDbContextFactory<PipelineDbContext>
    {
        private readonly DbContextOptions<SqlServerPipelineDbContext> _options =
            SqlServerDatabase.Options<SqlServerPipelineDbContext>(SqlServerDatabase.ConnectionString("Server=stand-in"));

        public PipelineDbContext CreateDbContext()
        {
            var db = new SqlServerPipelineDbContext(_options);
            db.Database.SetDbConnection(server.NewConnection(), contextOwnsConnection: true);
            return db;
        }
    }

    /// <summary>A source whose videos have an id besides their URL.</summary>
    private sealed class OneVideo : IVideoSource
    {
        public SourceKind Kind => SourceKind.Feed;

        public Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken) =>
            Task.FromResult(new SourceListing([new SourceVideo { ExternalId = "1", Url = "https://example.org/1.mp4", Title = "One" }]));
    }
}
