using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Repairs whatever a crash or a lost signal has left: jobs of dead workers are rescued, workflows that fell silent are
/// failed, and the mirror is compared with the rows. (Due retries are <see cref="RetryTimer"/>'s.) Before the first worker
/// starts it makes a full pass.
/// </summary>
internal sealed class Reconciler(
    JobRows rows, ChannelCatalog channels, Mirror mirror, TimeProvider time, IOptions<DispatchOptions> options, ILogger<Reconciler> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // This process owns the data folder alone, so whoever held a job is dead: no need to let the leases run out.
        await RescueAsync(holdersAreDead: true, cancellationToken);
        await channels.FinishDeletionsAsync(cancellationToken);
        await mirror.SyncAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReconcileInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RescueAsync(holdersAreDead: false, stoppingToken);
                    await rows.FailSilentWorkflowsAsync(stoppingToken);
                    await mirror.SyncAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogError(exception, "Reconciliation failed; it is tried again in {Interval}", options.Value.ReconcileInterval);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    private async Task RescueAsync(bool holdersAreDead, CancellationToken cancellationToken)
    {
        int rescued;
        do
        {
            rescued = await rows.RescueAsync(holdersAreDead, cancellationToken);
            if (rescued > 0)
            {
                logger.LogWarning("Took {Count} job(s) back from workers that died", rescued);
            }
        }
        while (rescued > 0);
    }
}
