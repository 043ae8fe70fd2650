using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;

namespace VideoPipeline.Jobs;

/// <summary>
/// Deletes the rows of jobs that ended long ago, with their attempts, and old entries of the audit log. Runs on every node: each delete is guarded by itself,
/// so nodes that meet at the same rows share the work. Videos, artifacts and publications stay.
/// </summary>
public sealed class Pruner(JobRows rows, AuditLog audit, TimeProvider time, Random random, IOptions<RetentionOptions> options, ILogger<Pruner> logger) : BackgroundService
{
    /// <summary>A start has better things to do at first.</summary>
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>One transaction each, and a pause after it: what the workers write must not wait for long.</summary>
    private const int BatchSize = 500;

    private static readonly TimeSpan BatchPause = TimeSpan.FromMilliseconds(200);

    private static readonly JobStatus[] Ended = [JobStatus.Completed, JobStatus.Cancelled, JobStatus.Failed];

    /// <summary>Deletes whatever is older than its status is kept.</summary>
    /// <returns>How many jobs this process has deleted.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        // One moment for the whole pass: it ends, however much ends meanwhile.
        var now = time.GetUtcNow();
        var deleted = new Dictionary<JobStatus, int>();
        foreach (var status in Ended)
        {
            if (options.Value.Of(status) is { } kept)
            {
                deleted[status] = await PruneAsync(status, now - kept, cancellationToken);
            }
        }

        var all = deleted.Values.Sum();
        if (all > 0)
        {
            logger.LogInformation(
                "Deleted {Count} old job(s): {ByStatus}",
                all, string.Join(", ", deleted.Where(pair => pair.Value > 0).Select(pair => $"{pair.Value} {pair.Key.Name()}")));
        }

        return all;
    }

    /// <summary>Deletes the entries of the audit log that are older than they are kept.</summary>
    public async Task PruneAuditAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Audit == TimeSpan.Zero)
        {
            return;
        }

        var before = time.GetUtcNow() - options.Value.Audit;
        while (await audit.PruneAsync(before, BatchSize, cancellationToken) == BatchSize)
        {
            await Task.Delay(BatchPause, time, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(Apart(FirstAfter), time, stoppingToken);
            while (true)
            {
                try
                {
                    await PruneAsync(stoppingToken);
                    await PruneAuditAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.LogWarning(exception, "Deleting old jobs failed; it is tried again in {Interval}", Interval);
                }

                await Task.Delay(Apart(Interval), time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down. What a pass has not come to, the next one does.
        }
    }

    private async Task<int> PruneAsync(JobStatus status, DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var all = 0;
        while (await rows.PruneAsync(status, endedBefore, BatchSize, cancellationToken) is var (found, deleted) && found > 0)
        {
            all += deleted;
            await Task.Delay(BatchPause, time, cancellationToken);
        }

        return all;
    }

    /// <summary>Nodes that were started together don't all look at the same moment.</summary>
    private TimeSpan Apart(TimeSpan delay) => delay * (1 + (random.NextDouble() / 5));
}
