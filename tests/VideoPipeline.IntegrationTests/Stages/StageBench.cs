using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>The stages as the service has them, on a data folder and a SQLite file of their own, without a dispatcher.</summary>
internal sealed class StageBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private StageBench(ServiceProvider services, string root)
    {
        _services = services;
        Root = root;
    }

    public string Root { get; }

    public string SourceFolder => Path.Combine(Root, "source");

    public PipelineFolders Folders => Get<PipelineFolders>();

    public FolderArtifactStore Store => Get<FolderArtifactStore>();

    public List<StageProgress> Progress { get; } = [];

    public static async Task<StageBench> StartAsync(params (string Key, string Value)[] settings)
    {
        var root = Directory.CreateTempSubdirectory("vp-stages-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "source"));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"VideoPipeline:{setting.Key}", (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new Random(1))
            .Configure<PipelineOptions>(options => options.DataDirectory = Path.Combine(root, "data"))
            .AddOptions<RetryOptions>().Services
            .AddOptions<LeaseOptions>().Services
            .AddSingleton<PipelineFolders>()
            .AddSingleton<IDbContextFactory<PipelineDbContext>, Contexts>()
            .AddSingleton<RowWriter, GroupCommitWriter>()
            .AddSingleton<JobSignals>()
            .AddSingleton<JobRows>()
            .AddStages(configuration.GetSection(PipelineOptions.Section))
            .BuildServiceProvider();
        var bench = new StageBench(services, root);
        bench.Folders.Own();
        await EmptyDatabase.PutIntoAsync(bench.Folders.Data);
        return bench;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public PipelineDbContext Database() => Get<IDbContextFactory<PipelineDbContext>>().CreateDbContext();

    public async Task<Channel> AddChannelAsync(Action<Channel>? change = null)
    {
        var channel = new Channel { Name = "Talks", SourceUrl = SourceFolder, Profile = "default", Rights = ChannelRights.Own, Attribution = "A. Speaker" };
        change?.Invoke(channel);
        await using var db = Database();
        db.Channels.Add(channel);
        await db.SaveChangesAsync();
        return channel;
    }

    /// <summary>A video of a new channel; its download waits.</summary>
    public async Task<Video> AddVideoAsync(string url, Action<Channel>? change = null, string title = "A talk")
    {
        var channel = await AddChannelAsync(change);
        var video = new Video { ChannelId = channel.Id, ExternalId = Path.GetFileName(url), Url = url, Title = title, PublishedAt = DateTimeOffset.UnixEpoch };
        await using var db = Database();
        db.Videos.Add(video);
        await db.SaveChangesAsync();
        return video;
    }

    /// <summary>Copies a file into the watched folder.</summary>
    public string Put(string file, string? name = null)
    {
        var path = Path.Combine(SourceFolder, name ?? Path.GetFileName(file));
        File.Copy(file, path);
        return path;
    }

    /// <summary>Downloads and transforms a file of the watched folder.</summary>
    public async Task<Video> TransformedAsync(string file, string title = "A talk", Action<Channel>? change = null)
    {
        var video = await AddVideoAsync(Put(file), change, title);
        await CompleteAsync(JobType.Download, video);
        await CompleteAsync(JobType.Transform, video);
        return video;
    }

    /// <summary>Runs one stage as a worker does, and commits what it hands back.</summary>
    /// <returns>The job as it is then.</returns>
    public Task<VideoProcessingJob> CompleteAsync(JobType jobType, Video video, CancellationToken cancellationToken = default) =>
        CompleteAsync(jobType, video.ChannelId, video.Id, cancellationToken);

    public Task<VideoProcessingJob> ScrapeAsync(Channel channel) => CompleteAsync(JobType.Scrape, channel.Id, null, CancellationToken.None);

    /// <summary>What a worker hands a stage that has claimed this video's job.</summary>
    public async Task<StageContext> ClaimAsync(JobType jobType, long channelId, long? videoId)
    {
        var rows = Get<JobRows>();
        await using var db = Database();
        var waiting = await db.Jobs.FirstOrDefaultAsync(j => j.ChannelId == channelId && j.VideoId == videoId && j.JobType == jobType && j.Status == JobStatus.Queued);
        if (waiting is null)
        {
            waiting = NextStage.New(jobType, channelId, videoId, priority: 7, maxAttempts: 3, TimeProvider.System.GetUtcNow());
            db.Jobs.Add(waiting);
            await db.SaveChangesAsync();
        }

        Progress.Clear();
        var claimed = await rows.ClaimAsync(waiting.Id, waiting.JobType, "test", hangfireJobId: null);
        return new()
        {
            Job = claimed!,
            Channel = await db.Channels.AsNoTracking().SingleAsync(c => c.Id == channelId),
            Video = await db.Videos.AsNoTracking().FirstOrDefaultAsync(v => v.Id == videoId),
            Artifacts = await db.Artifacts.AsNoTracking().Where(a => a.VideoId == videoId).ToListAsync(),
            WorkFolder = Folders.WorkFolderOf(claimed!),
            ReportProgress = progress =>
            {
                lock (Progress)
                {
                    Progress.Add(progress);
                }
            },
        };
    }

    public IStage Stage(JobType jobType) => _services.GetServices<IStage>().Single(stage => stage.JobType == jobType);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Root, recursive: true);
    }

    private async Task<VideoProcessingJob> CompleteAsync(JobType jobType, long channelId, long? videoId, CancellationToken cancellationToken)
    {
        var context = await ClaimAsync(jobType, channelId, videoId);
        try
        {
            var result = await Stage(jobType).RunAsync(context, cancellationToken);
            Assert.That(await Get<JobRows>().CompleteAsync(context.Job, result));
        }
        catch (Exception exception)
        {
            await Get<JobRows>().FailAsync(context.Job, new PermanentFailureException(exception.Message));
            throw;
        }
        finally
        {
            PipelineFolders.Remove(context.WorkFolder);
        }

        await using var db = Database();
        return await db.Jobs.AsNoTracking().SingleAsync(j => j.Id == context.Job.Id, cancellationToken);
    }

    private sealed class Contexts(PipelineFolders folders) : IDbContextFactory<PipelineDbContext>
    {
        private readonly DbContextOptions<SqlitePipelineDbContext> _options =
            SqliteDatabase.Options<SqlitePipelineDbContext>(SqliteDatabase.ConnectionString(folders.DatabaseFile));

        public PipelineDbContext CreateDbContext() => new SqlitePipelineDbContext(_options);
    }
}
