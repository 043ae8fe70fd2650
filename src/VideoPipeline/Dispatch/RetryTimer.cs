using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Queues retrying jobs when their time comes: to the millisecond, which Hangfire's own schedule (whole seconds, up to a
/// second early) can't. Sleeps until the next one is due.
/// </summary>
internal sealed class RetryTimer : BackgroundService
{
    /// <summary>At most so long without a look: another node may have added one, and clocks jump.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly JobRows _rows;
    private readonly TimeProvider _time;
    private readonly ILogger<RetryTimer> _logger;
    private readonly Lock _gate = new();
    private CancellationTokenSource _sooner = new();
    private DateTimeOffset _wakesAt = DateTimeOffset.MaxValue;

    public RetryTimer(JobRows rows, JobSignals signals, TimeProvider time, ILogger<RetryTimer> logger)
    {
        _rows = rows;
        _time = time;
        _logger = logger;
        signals.Retrying += WakeAt;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            CancellationToken sooner;
            lock (_gate)
            {
                // From here on a job that is due earlier than what we are about to read interrupts the wait.
                _sooner.Dispose();
                _sooner = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                sooner = _sooner.Token;
                _wakesAt = DateTimeOffset.MaxValue;
            }

            try
            {
                var now = _time.GetUtcNow();
                var next = await _rows.QueueDueAsync(stoppingToken);
                var wakesAt = next is { } due && due < now + Longest ? due : now + Longest;
                lock (_gate)
                {
                    _wakesAt = wakesAt;
                }

                // A millisecond more, since timers count whole ones and must not fire before.
                var delay = wakesAt - _time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
                if (delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay, _time, sooner);
                }
            }
            catch (OperationCanceledException)
            {
                // Something is due sooner, or the process shuts down.
            }
            catch (Exception exception)
            {
                _logger.LogError(exception, "Queueing due retries failed; trying again in {Delay}", Longest);
                await Task.Delay(Longest, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override void Dispose()
    {
        _sooner.Dispose();
        base.Dispose();
    }

    private void WakeAt(DateTimeOffset due)
    {
        lock (_gate)
        {
            if (due < _wakesAt)
            {
                _wakesAt = due;
                _sooner.Cancel();
            }
        }
    }
}
