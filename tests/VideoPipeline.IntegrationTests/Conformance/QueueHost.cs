using System.Collections.Concurrent;
using System.Globalization;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>
/// The whole queue in this process, on a real database and a real Hangfire storage. Only the stages are the test's own, so
/// that a test decides what each job does.
/// </summary>
internal sealed class QueueHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ScriptedStages _stages;
    private bool _stopped;

    private QueueHost(IHost host, ScriptedStages stages)
    {
        _host = host;
        _stages = stages;
    }

    public QueueService Queue => _host.Services.GetRequiredService<QueueService>();

    public RowWriter Writer => _host.Services.GetRequiredService<RowWriter>();

    public ChannelCatalog Channels => _host.Services.GetRequiredService<ChannelCatalog>();

    public JobRows Rows => _host.Services.GetRequiredService<JobRows>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IBackgroundJobClient Hangfire => _host.Services.GetRequiredService<IBackgroundJobClient>();

    public JobStorage HangfireStorage => _host.Services.GetRequiredService<JobStorage>();

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>The jobs whose stage was started, in that order; a job that was started twice is there twice.</summary>
    public IReadOnlyList<long> Started => [.. _stages.Started];

    /// <param name="settings">Below <c>VideoPipeline:</c>.</param>
    /// <param name="run">What a job does; succeeds at once when null.</param>
    /// <param name="configure">Exchanges parts of the service.</param>
    public static async Task<QueueHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings,
        Func<StageContext, CancellationToken, Task<StageResult>>? run = null,
        Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Error).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"VideoPipeline:{setting.Key}", setting.Value)));
        builder.Services.AddVideoPipeline(builder.Configuration);
        builder.Services.RemoveAll<IStage>();
        var stages = new ScriptedStages(run ?? ((_, _) => Task.FromResult(new StageResult())));
        foreach (var jobType in JobTypes.All)
        {
            builder.Services.AddSingleton<IStage>(new ScriptedStage(jobType, stages));
        }

        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new QueueHost(host, stages);
    }

    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _host.StopAsync();
            _host.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Adds a channel with so many videos; returns the videos' ids.</summary>
    public async Task<long[]> AddVideosAsync(int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        return await Writer.WriteAsync(async db =>
        {
            var channel = new Channel { Name = Guid.NewGuid().ToString("N"), SourceUrl = "/", Profile = "default", CreatedAt = now, UpdatedAt = now };
            db.Channels.Add(channel);
            await db.SaveChangesAsync();
            var videos = Enumerable.Range(0, count).Select(n => n.ToString(CultureInfo.InvariantCulture))
                .Select(n => new Video { ChannelId = channel.Id, ExternalId = n, Url = $"/{n}.mp4", Title = n, CreatedAt = now, UpdatedAt = now }).ToArray();
            db.Videos.AddRange(videos);
            await db.SaveChangesAsync();
            return Array.ConvertAll(videos, video => video.Id);
        });
    }

    public async Task<VideoProcessingJob> EnqueueAsync(JobType jobType = JobType.Publish, int? priority = null, int? maxAttempts = null)
    {
        var video = (await AddVideosAsync(1))[0];
        return (await Queue.EnqueueJobAsync(
            new EnqueueRequest { JobType = jobType, VideoId = video, Priority = priority, MaxAttempts = maxAttempts })).Job;
    }

    public async Task<VideoProcessingJob> JobAsync(long id) => (await Queue.GetJobAsync(id))!;

    public async Task<VideoProcessingJob> UntilAsync(long id, JobStatus status, TimeSpan? within = null)
    {
        await Eventually.TrueAsync(async () => (await JobAsync(id)).Status == status, $"job {id} is {status}", within);
        return await JobAsync(id);
    }

    public Task UntilAllAsync(JobStatus status, int count, TimeSpan? within = null) => Eventually.TrueAsync(
        async () =>
        {
            await using var db = await ReadAsync();
            return await db.Jobs.CountAsync(j => j.Status == status) == count;
        },
        $"{count} jobs are {status}",
        within);

    public Task<PipelineDbContext> ReadAsync() => _host.Services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContextAsync();

    private sealed class ScriptedStages(Func<StageContext, CancellationToken, Task<StageResult>> run)
    {
        public ConcurrentQueue<long> Started { get; } = new();

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            Started.Enqueue(context.Job.Id);
            return run(context, cancellationToken);
        }
    }

    private sealed class ScriptedStage(JobType jobType, ScriptedStages stages) : IStage
    {
        public JobType JobType => jobType;

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) => stages.RunAsync(context, cancellationToken);
    }
}
