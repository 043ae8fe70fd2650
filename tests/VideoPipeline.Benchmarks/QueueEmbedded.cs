using System.Diagnostics;
using Hangfire;
using Hangfire.Logging;
using Hangfire.Storage.SQLite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.Benchmarks;

/// <summary>
/// No-op jobs per second from enqueue to completed: the embedded queue (SQLite rows with synchronous=FULL) beside raw
/// Hangfire on Hangfire.Storage.SQLite with its default fsync. Both get their jobs one by one from the same number of
/// producers and have the same number of workers.
/// </summary>
internal static class QueueEmbedded
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private const int WarmUps = 2;
    private const int Rounds = 5;
    private const int Jobs = 2000;
    private const int BaselineJobs = 400;
    private const int Workers = 8;
    private const int Producers = 8;

    public static async Task<Comparison> CompareAsync(string folder)
    {
        var values = new List<double>();
        var baselines = new List<double>();

        // The first rounds are for the just-in-time compiler.
        for (var round = 1 - WarmUps; round <= Rounds; round++)
        {
            var value = await PipelineAsync(Path.Combine(folder, $"pipeline-{round}"));
            var baseline = await HangfireSqliteAsync(Path.Combine(folder, $"hangfire-{round}"));
            Console.WriteLine($"queue-embedded  round {round}: {value:F0} jobs/s, Hangfire.Storage.SQLite {baseline:F0} jobs/s{(round > 0 ? null : " (warm-up)")}");
            if (round > 0)
            {
                values.Add(value);
                baselines.Add(baseline);
            }
        }

        return new("queue-embedded", "jobs/s", values, baselines, AtLeast: 5, AtMost: null);
    }

    public static void NoWork()
    {
        // The body of the baseline's jobs.
    }

    private static async Task<double> PipelineAsync(string folder)
    {
        var stage = new NoStage();
        using var host = await EmbeddedHost.StartAsync(
            folder, services => services.RemoveAll<IStage>().AddSingleton<IStage>(stage), ("Workers:Publish", $"{Workers}"));
        var videos = await AddVideosAsync(host.Services);
        var queue = host.Services.GetRequiredService<QueueService>();

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(videos, new ParallelOptions { MaxDegreeOfParallelism = Producers }, async (video, stop) =>
            await queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video }, stop));

        // The database is asked only when the last stage has run: asking costs more than a job.
        await EmbeddedHost.UntilAsync(async () => stage.Runs == Jobs && (await queue.GetStatisticsAsync(JobType.Publish)).Completed == Jobs, Interval);
        watch.Stop();
        await host.StopAsync();
        return Jobs / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> HangfireSqliteAsync(string folder)
    {
        // The host before has set a provider, which is static and was disposed with it.
        LogProvider.SetCurrentLogProvider(new SilentLogProvider());
        Directory.CreateDirectory(folder);
        using var storage = new SQLiteStorage(
            Path.Combine(folder, "hangfire.db"), new SQLiteStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(15) });
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers }, storage);
        var client = new BackgroundJobClient(storage);
        var monitoring = storage.GetMonitoringApi();

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, BaselineJobs), new ParallelOptions { MaxDegreeOfParallelism = Producers }, (_, _) =>
        {
            client.Enqueue(() => NoWork());
            return ValueTask.CompletedTask;
        });
        await EmbeddedHost.UntilAsync(() => Task.FromResult(monitoring.GetStatistics() is { Enqueued: 0, Processing: 0 }), Interval);
        return BaselineJobs / watch.Elapsed.TotalSeconds;
    }

    private static async Task<long[]> AddVideosAsync(IServiceProvider services) =>
        await services.GetRequiredService<RowWriter>().WriteAsync(async db =>
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var channel = new Channel { Name = "benchmark", SourceUrl = "/", Profile = "default", CreatedAt = now, UpdatedAt = now };
            db.Channels.Add(channel);
            await db.SaveChangesAsync();
            var videos = Enumerable.Range(0, Jobs)
                .Select(n => new Video { ChannelId = channel.Id, ExternalId = $"{n}", Url = $"/{n}", Title = $"{n}", CreatedAt = now, UpdatedAt = now }).ToArray();
            db.Videos.AddRange(videos);
            await db.SaveChangesAsync();
            return Array.ConvertAll(videos, video => video.Id);
        });

    private sealed class NoStage : IStage
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public JobType JobType => JobType.Publish;

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return Task.FromResult(new StageResult());
        }
    }

    private sealed class SilentLogProvider : ILogProvider
    {
        public ILog GetLogger(string name) => new SilentLog();

        private sealed class SilentLog : ILog
        {
            public bool Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
        }
    }
}
