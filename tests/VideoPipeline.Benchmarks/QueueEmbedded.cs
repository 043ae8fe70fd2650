using System.Diagnostics;
using Hangfire;
using Hangfire.Logging;
using Hangfire.Storage.SQLite;
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

namespace VideoPipeline.Benchmarks;

/// <summary>
/// No-op jobs per second from enqueue to completed: the embedded queue (SQLite rows with synchronous=FULL) beside raw
/// Hangfire on Hangfire.Storage.SQLite with its default fsync. Both get the same jobs from the same number of producers
/// and have the same number of workers.
/// </summary>
internal static class QueueEmbedded
{
    private const int Workers = 8;
    private const int Producers = 8;

    public static async Task<double> PipelineAsync(int jobs, string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        if (Environment.GetEnvironmentVariable("V") is null) builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["VideoPipeline:DataDirectory"] = folder,
            ["VideoPipeline:Workers:Publish"] = $"{Workers}",
        });
        builder.Services.AddVideoPipeline(builder.Configuration);
        builder.Services.RemoveAll<IStage>();
        builder.Services.AddSingleton<IStage>(new NoStage());
        using var host = builder.Build();
        await host.StartAsync();
        var videos = await AddVideosAsync(host.Services, jobs);
        var queue = host.Services.GetRequiredService<QueueService>();

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(videos, new ParallelOptions { MaxDegreeOfParallelism = Producers }, async (video, stop) =>
            await queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video }, stop));
        Console.WriteLine($"enqueue {watch.ElapsedMilliseconds} cpu {Environment.CpuUsage.TotalTime}");
        await UntilAsync(async () => (await queue.GetStatisticsAsync(JobType.Publish)).Completed == jobs);
        watch.Stop();
        Console.WriteLine($"all {watch.ElapsedMilliseconds} cpu {Environment.CpuUsage.TotalTime}");
        await host.StopAsync();
        return jobs / watch.Elapsed.TotalSeconds;
    }

    public static async Task<double> HangfireSqliteAsync(int jobs, string folder)
    {
        // The host before has set a provider, which is static and was disposed with it.
        LogProvider.SetCurrentLogProvider(new SilentLogProvider());
        Directory.CreateDirectory(folder);
        using var storage = new SQLiteStorage(Path.Combine(folder, "hangfire.db"), new SQLiteStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(15) });
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers }, storage);
        var client = new BackgroundJobClient(storage);
        var monitoring = storage.GetMonitoringApi();

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = Producers }, (_, _) =>
        {
            client.Enqueue(() => NoWork());
            return ValueTask.CompletedTask;
        });
        await UntilAsync(() =>
        {
            var now = monitoring.GetStatistics();
            return Task.FromResult(now is { Enqueued: 0, Processing: 0 });
        });
        return jobs / watch.Elapsed.TotalSeconds;
    }

    public static void NoWork()
    {
    }

    private static async Task<long[]> AddVideosAsync(IServiceProvider services, int count) =>
        await services.GetRequiredService<RowWriter>().WriteAsync(async db =>
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var channel = new Channel { Name = "benchmark", SourceUrl = "/", Profile = "default", CreatedAt = now, UpdatedAt = now };
            db.Channels.Add(channel);
            await db.SaveChangesAsync();
            var videos = Enumerable.Range(0, count)
                .Select(n => new Video { ChannelId = channel.Id, ExternalId = $"{n}", Url = $"/{n}", Title = $"{n}", CreatedAt = now, UpdatedAt = now }).ToArray();
            db.Videos.AddRange(videos);
            await db.SaveChangesAsync();
            return Array.ConvertAll(videos, video => video.Id);
        });

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await reached())
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private sealed class SilentLogProvider : ILogProvider
    {
        public ILog GetLogger(string name) => new SilentLog();

        private sealed class SilentLog : ILog
        {
            public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
        }
    }

    private sealed class NoStage : IStage
    {
        public JobType JobType => JobType.Publish;

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) => Task.FromResult(new StageResult());
    }
}
