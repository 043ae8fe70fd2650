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

    private int _passes;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // A process that owns the data folder alone knows that whoever held a job is dead. Of other nodes' jobs the leases run out.
        await rows.RescueAsync(holdersAreDead: !storage.Value.IsShared, cancellationToken);
        await channels.FinishDeletionsAsync(cancellationToken);
        await mirror.SyncAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Each by itself: jobs of dead workers don't wait until Hangfire's storage has answered.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(RescueAsync, stoppingToken), RepeatAsync(PassAsync, stoppingToken));

    /// <param name="step">Returns when it is to be done again.</param>
    private async Task RepeatAsync(Func<CancellationToken, Task<DateTimeOffset>> step, CancellationToken stoppingToken)
    {
        // StartAsync has done it just now.
        var wakesAt = NextPass();
        while (!stoppingToken.IsCancellationRequested)
        {
            // A millisecond more, since timers count whole ones and must not fire before.
            var delay = wakesAt - time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
            await Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                wakesAt = await step(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(exception, "Reconciliation failed; it is tried again in {Interval}", options.Value.ReconcileInterval);
                wakesAt = NextPass();
            }
            catch (OperationCanceledException)
            {
                // The process shuts down.
            }
        }
    }

    private async Task<DateTimeOffset> RescueAsync(CancellationToken cancellationToken)
    {
        // As soon as the next lease ends: its job has waited for long enough.
        var nextLease = await rows.RescueAsync(holdersAreDead: false, cancellationToken);
        var nextPass = NextPass();
        return nextLease < nextPass ? nextLease.Value : nextPass;
    }

    private async Task<DateTimeOffset> PassAsync(CancellationToken cancellationToken)
    {
        var next = NextPass();
        await mirror.SyncAsync(cancellationToken);
        if (++_passes % Rarely == 0)
        {
            await rows.FailSilentWorkflowsAsync(cancellationToken);
            await channels.FinishDeletionsAsync(cancellationToken);
            await schedules.SyncAsync(cancellationToken);
            await webhooks.ForgetOldAsync(cancellationToken);
        }

        return next;
    }

    private DateTimeOffset NextPass() => time.GetUtcNow() + options.Value.ReconcileInterval;
}
