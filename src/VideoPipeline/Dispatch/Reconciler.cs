using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Repairs whatever a crash or a lost signal has left: jobs of dead workers are rescued, workflows that fell silent are
/// failed, and the mirror is compared with the rows. (Due retries are <see cref="RetryTimer"/>'s.) Before the first worker
/// starts it makes a full pass. Every node has one; what several of them find to do at once, one of them does.
/// </summary>
internal sealed class Reconciler(
    JobRows rows,
    ChannelCatalog channels,
    Mirror mirror,
    RecurringScrapes schedules,
    WebhookReceiver webhooks,
    TimeProvider time,
    IOptions<StorageOptions> storage,
    IOptions<DispatchOptions> options,
    ILogger<Reconciler> logger) : BackgroundService
{
    /// <summary>What hardly ever differs is compared each so many times only.</summary>
    private const int Rarely = 12;

    private DateTimeOffset _nextPass;
    private int _passes;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // A process that owns the data folder alone knows that whoever held a job is dead. Of other nodes' jobs the leases run out.
        await rows.RescueAsync(holdersAreDead: !storage.Value.IsShared, cancellationToken);
        await channels.FinishDeletionsAsync(cancellationToken);
        await mirror.SyncAsync(cancellationToken);
        _nextPass = time.GetUtcNow() + options.Value.ReconcileInterval;
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wakesAt = _nextPass;
        while (!stoppingToken.IsCancellationRequested)
        {
            // A millisecond more, since timers count whole ones and must not fire before.
            var delay = wakesAt - time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
            await Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                // In between for leases alone: their jobs have waited for long enough.
                var nextLease = await rows.RescueAsync(holdersAreDead: false, stoppingToken);
                if (time.GetUtcNow() >= _nextPass)
                {
                    _nextPass = time.GetUtcNow() + options.Value.ReconcileInterval;
                    await PassAsync(stoppingToken);
                }

                wakesAt = nextLease < _nextPass ? nextLease.Value : _nextPass;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(exception, "Reconciliation failed; it is tried again in {Interval}", options.Value.ReconcileInterval);
                wakesAt = time.GetUtcNow() + options.Value.ReconcileInterval;
            }
            catch (OperationCanceledException)
            {
                // The process shuts down.
            }
        }
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        await mirror.SyncAsync(cancellationToken);
        if (++_passes % Rarely == 0)
        {
            await rows.FailSilentWorkflowsAsync(cancellationToken);
            await channels.FinishDeletionsAsync(cancellationToken);
            await schedules.SyncAsync(cancellationToken);
            await webhooks.ForgetOldAsync(cancellationToken);
        }
    }
}
