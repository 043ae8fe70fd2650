using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Prometheus;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Telemetry;

/// <summary>
/// How the queue, the disk and this node are, looked at when somebody asks for the metrics. The database is asked at most
/// every few seconds, and more rarely where it takes long: a table of millions of jobs is not counted for ever.
/// </summary>
internal sealed class QueueMetrics : IDisposable
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of all time, so much goes into looking at most: one in twenty.</summary>
    private const int Rest = 20;

    private readonly IDbContextFactory<PipelineDbContext> _contexts;
    private readonly PauseState _pauses;
    private readonly RunningJobs _running;
    private readonly PipelineFolders _folders;
    private readonly ThisNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueMetrics> _logger;
    private readonly SemaphoreSlim _looking = new(1);
    private readonly Gauge _jobs;
    private readonly Gauge _waiting;
    private readonly Gauge _oldest;
    private readonly Gauge _paused;
    private readonly Gauge _pausedChannels;
    private readonly Gauge _quota;
    private readonly Gauge _nodes;
    private readonly Gauge _workers;
    private readonly Gauge _busy;
    private readonly Gauge _free;
    private readonly Gauge _database;
    private QueueFigures? _figures;
    private DateTimeOffset _lookAgainAt;

    public QueueMetrics(
        MetricFactory metrics,
        CollectorRegistry registry,
        IDbContextFactory<PipelineDbContext> contexts,
        PauseState pauses,
        RunningJobs running,
        PipelineFolders folders,
        ThisNode node,
        TimeProvider time,
        ILogger<QueueMetrics> logger)
    {
        (_contexts, _pauses, _running, _folders, _node, _time, _logger) = (contexts, pauses, running, folders, node, time, logger);
        _jobs = metrics.CreateGauge("videopipeline_jobs", "Jobs whose rows are there, by status; the same on every node.", ["job_type", "status"]);
        _waiting = metrics.CreateGauge("videopipeline_queue_length", "Jobs that wait for a worker; the same on every node.", ["job_type", "priority"]);
        _oldest = metrics.CreateGauge(
            "videopipeline_queue_oldest_seconds", "How long the oldest job waits that waits for a worker; the same on every node.", ["job_type"]);
        _paused = metrics.CreateGauge("videopipeline_queue_paused", "1 while no job of the type starts.", ["job_type"]);
        _pausedChannels = metrics.CreateGauge("videopipeline_channels_paused", "Channels whose source has refused and is left alone; the same on every node.");
        _quota = metrics.CreateGauge("videopipeline_youtube_quota_used", "What is spent today of YouTube's quota; the same on every node.", ["bucket"]);
        _nodes = metrics.CreateGauge("videopipeline_nodes", "Nodes that are alive; the same on every node.");
        _workers = metrics.CreateGauge("videopipeline_workers", "How many jobs this node runs at once.", ["job_type"]);
        _busy = metrics.CreateGauge("videopipeline_workers_busy", "How many jobs this node runs now.", ["job_type"]);
        _free = metrics.CreateGauge("videopipeline_disk_free_bytes", "What is free on the disk of this node's data folder.");
        _database = metrics.CreateGauge("videopipeline_database_up", "0 when the database didn't answer; what it would have said is missing then.");
        registry.AddBeforeCollectCallback(CollectAsync);
    }

    public void Dispose() => _looking.Dispose();

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            var now = _time.GetUtcNow();
            if (now >= _lookAgainAt)
            {
                var began = _time.GetTimestamp();
                _figures = await ReadAsync(now, cancellationToken);
                var rest = _time.GetElapsedTime(began) * Rest;
                _lookAgainAt = _time.GetUtcNow() + (rest > LeastAge ? rest : LeastAge);
            }

            ShowDatabase(_figures, now);
            ShowNode();
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task<QueueFigures?> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var db = await _contexts.CreateDbContextAsync(either.Token);
            return await QueueFigures.ReadAsync(db, now, either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The process's own metrics are worth having all the more now.
            _logger.LogWarning(exception, "The database could not be asked for metrics");
            return null;
        }
    }

    private void ShowDatabase(QueueFigures? figures, DateTimeOffset now)
    {
        _database.Set(figures is null ? 0 : 1);
        if (figures is null)
        {
            foreach (var gauge in new[] { _jobs, _waiting, _oldest, _quota })
            {
                Unpublish(gauge, _ => true);
            }

            _pausedChannels.Unpublish();
            _nodes.Unpublish();
            return;
        }

        var counts = figures.Jobs.ToDictionary(count => (count.JobType, count.Status), count => count.Count);
        foreach (var jobType in JobTypes.All)
        {
            foreach (var status in Enum.GetValues<JobStatus>())
            {
                _jobs.WithLabels(jobType.Name(), status.Name()).Set(counts.GetValueOrDefault((jobType, status)));
            }

            var waiting = figures.Waiting.Where(count => count.JobType == jobType).ToList();
            _oldest.WithLabels(jobType.Name()).Set(
                waiting.Count == 0 ? 0 : Math.Max(0, (now - waiting.Min(count => count.OldestQueuedAt)).TotalSeconds));
        }

        // A priority that nobody uses any more is zero, not what it was.
        var lengths = figures.Waiting.ToDictionary(
            count => (count.JobType.Name(), count.Priority.ToString(CultureInfo.InvariantCulture)), count => count.Count);
        Unpublish(_waiting, labels => !lengths.ContainsKey((labels[0], labels[1])));
        foreach (var ((jobType, priority), count) in lengths)
        {
            _waiting.WithLabels(jobType, priority).Set(count);
        }

        foreach (var quota in figures.Quota)
        {
            _quota.WithLabels(quota.Bucket).Set(quota.Used);
        }

        _pausedChannels.Set(figures.PausedChannels);
        _nodes.Set(figures.Nodes);
    }

    private void ShowNode()
    {
        var busy = _running.Running.CountBy(job => job.JobType).ToDictionary();
        foreach (var jobType in JobTypes.All)
        {
            _paused.WithLabels(jobType.Name()).Set(_pauses.IsPaused(jobType) ? 1 : 0);
            _workers.WithLabels(jobType.Name()).Set(_node.WorkersOf(jobType));
            _busy.WithLabels(jobType.Name()).Set(busy.GetValueOrDefault(jobType));
        }

        try
        {
            _free.Set(new DriveInfo(_folders.Data).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _free.Unpublish();
        }
    }

    private static void Unpublish(Gauge gauge, Func<string[], bool> which)
    {
        foreach (var labels in gauge.GetAllLabelValues().Where(which).ToList())
        {
            gauge.RemoveLabelled(labels);
        }
    }
}
