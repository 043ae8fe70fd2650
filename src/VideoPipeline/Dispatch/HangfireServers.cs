using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Microsoft.Extensions.Hosting;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Dispatch;

/// <summary>
/// One Hangfire server for each job type, so that a long transform never keeps a download waiting, and one for schedules;
/// none at all on a node that only answers requests. Hangfire's DelayedJobScheduler is left out: <see cref="RetryTimer"/> times the retries.
/// </summary>
internal sealed class HangfireServers(
    JobStorage storage,
    IJobFilterProvider filters,
    JobActivator activator,
    IHostApplicationLifetime lifetime,
    ThisNode node) : IHostedService
{
    /// <summary>How long running stages have to give their jobs back; what takes longer is rescued later.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    /// <summary>For the dashboard's list of servers alone, which forgets one after five minutes.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan SchedulePollingInterval = TimeSpan.FromSeconds(15);

    private readonly List<BackgroundProcessingServer> _servers = [];

    /// <summary>Once all else has started: a service that can't listen on its address must not have begun a job.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Start);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _servers.ForEach(server => server.SendStop());
        foreach (var server in _servers)
        {
            await server.WaitForShutdownAsync(cancellationToken);
            server.Dispose();
        }

        _servers.Clear();
    }

    private void Start()
    {
        if (!node.RunsJobs)
        {
            return;
        }

        foreach (var jobType in JobTypes.All.Where(jobType => node.WorkersOf(jobType) > 0))
        {
            Start(jobType.Name(), QueueName.AllOf(jobType), node.WorkersOf(jobType));
        }

        var recurring = new RecurringJobScheduler(new BackgroundJobFactory(filters), SchedulePollingInterval);
        Start(QueueName.Schedule, [QueueName.Schedule], workerCount: 1, recurring.UseBackgroundPool(1));
    }

    private void Start(string name, string[] queues, int workerCount, params IBackgroundProcessDispatcherBuilder[] others)
    {
        var worker = new Worker(queues, new BackgroundJobPerformer(filters, activator), new BackgroundJobStateChanger(filters));
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { ["Queues"] = queues, ["WorkerCount"] = workerCount };
        _servers.Add(new BackgroundProcessingServer(
            storage,
            [worker.UseBackgroundPool(workerCount), .. others],
            properties,
            new BackgroundProcessingServerOptions
            {
                ServerName = $"{name}:{node.Name}",
                ShutdownTimeout = ShutdownTimeout,
                StopTimeout = ShutdownTimeout,

                HeartbeatInterval = HeartbeatInterval,

                // A storage that is away for a moment must not keep workers waiting for minutes (Hangfire's default).
                RetryDelay = retry => retry < 3 ? TimeSpan.FromSeconds(retry) : LongestRetryDelay,

                // What tidies up the storage runs once a process, not with every server.
                ExcludeStorageProcesses = name != QueueName.Schedule,
            }));
    }
}
