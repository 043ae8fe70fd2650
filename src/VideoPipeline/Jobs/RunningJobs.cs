using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Jobs;

/// <summary>Why a running stage was told to stop.</summary>
public enum StopReason
{
    None,

    /// <summary>The process shuts down: the job is given back.</summary>
    Shutdown,

    /// <summary>The row is no longer held with this token: cancelled by an operator, or taken by another worker.</summary>
    LeaseLost,
}

/// <summary>A stage that runs in this process.</summary>
public sealed class RunningJob(VideoProcessingJob job, Action<RunningJob> ended) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _reason;

    public VideoProcessingJob Job { get; } = job;

    public CancellationToken Stopping => _stop.Token;

    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>The first reason stays.</summary>
    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
        {
            // Not here: what the stage does on cancellation must not run on the caller's time.
            _ = _stop.CancelAsync();
        }
    }

    /// <summary>The source isn't disposed: whoever renews or cancels may be about to stop this one, and it holds nothing.</summary>
    public void Dispose() => ended(this);
}

/// <summary>
/// The stages that run in this process, and their leases: renewed together, in one update.
/// A stage whose lease doesn't hold any more is stopped; so is one whose lease could not be renewed until it ran out.
/// </summary>
public sealed class RunningJobs(JobRows rows, JobSignals signals, TimeProvider time, IOptions<LeaseOptions> options, ILogger<RunningJobs> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, RunningJob> _running = new();
    private long _renewedAt;

    /// <summary>The jobs that run here now, as they were claimed.</summary>
    public IReadOnlyList<VideoProcessingJob> Running => [.. _running.Values.Select(running => running.Job)];

    public RunningJob Begin(VideoProcessingJob claimed)
    {
        var running = new RunningJob(claimed, ended => _running.TryRemove(ended.Job.LeaseToken!.Value, out _));
        _running[claimed.LeaseToken!.Value] = running;
        return running;
    }

    /// <summary>Stops the job's stage if it runs here.</summary>
    public void Stop(long jobId, StopReason reason)
    {
        foreach (var running in _running.Values.Where(running => running.Job.Id == jobId))
        {
            running.Stop(reason);
        }
    }

    public void StopAll(StopReason reason)
    {
        foreach (var running in _running.Values)
        {
            running.Stop(reason);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _renewedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(options.Value.RenewalInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down; stages that still run give their jobs back.
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var mine = _running.ToArray();
        if (mine.Length == 0)
        {
            _renewedAt = time.GetTimestamp();
            return;
        }

        try
        {
            // A database that doesn't answer is no reason to hold on for longer than the leases do.
            var began = time.GetTimestamp();
            var left = options.Value.Duration - time.GetElapsedTime(_renewedAt);
            var held = (await rows.RenewAsync([.. mine.Select(pair => pair.Key)], cancellationToken)
                .WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken)).ToHashSet();
            _renewedAt = began;

            // Without those that have ended meanwhile.
            foreach (var (_, running) in mine.Where(pair => !held.Contains(pair.Key) && _running.ContainsKey(pair.Key)))
            {
                // Cancelled, or rescued by another process: it isn't ours to go on with.
                if (running.Reason == StopReason.None)
                {
                    signals.RaiseLeaseLost(running.Job);
                }

                running.Stop(StopReason.LeaseLost);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "Could not renew the leases of {Count} running jobs", mine.Length);
            if (time.GetElapsedTime(_renewedAt) >= options.Value.Duration)
            {
                Array.ForEach(mine, pair => signals.RaiseLeaseLost(pair.Value.Job));
                StopAll(StopReason.LeaseLost);
            }
        }
    }
}
