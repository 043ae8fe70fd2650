using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Notifications;

/// <summary>
/// Delivers notifications, those of each webhook by themselves, so that a receiver that is slow or away holds up neither
/// jobs nor others. Every node does; a claim decides which of them sends.
/// </summary>
internal sealed class NotificationDelivery(
    NotificationRows rows, WebhookClient client, IOptions<NotificationOptions> options, TimeProvider time, ILogger<NotificationDelivery> logger)
    : BackgroundService
{
    /// <summary>How often it is looked for new ones: what one node writes another may deliver.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(10);

    private const int Batch = 20;
    private const int AtOnce = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(options.Value.Webhooks.Select(webhook => DeliverAsync(webhook, stoppingToken)).Append(TidyAsync(stoppingToken)));
        }
        catch (OperationCanceledException)
        {
            // The process shuts down. What was being sent is sent again, unless the receiver's answer was written down.
        }
    }

    private async Task DeliverAsync(WebhookSettings webhook, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = Interval;
            try
            {
                var due = await rows.DueAsync(webhook.NameOrHost, Batch, cancellationToken);
                await Parallel.ForEachAsync(
                    due,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                    async (notification, cancelled) => await DeliverAsync(webhook, notification, cancelled));

                // After some, soon: more may be due, or one of these again.
                wait = due.Count == 0 || options.Value.RetryDelay > Interval ? Interval : options.Value.RetryDelay;
                wait = due.Count == Batch ? TimeSpan.Zero : wait;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "Notifications for {Webhook} could not be looked for or written", webhook.NameOrHost);
                wait = AfterFailure;
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task DeliverAsync(WebhookSettings webhook, Notification notification, CancellationToken cancellationToken)
    {
        if (!await rows.ClaimAsync(notification, cancellationToken))
        {
            return;
        }

        // A crash from here on: the claim's time runs out, and any node sends it again, with the same id.
        var answer = await client.SendAsync(webhook, notification, cancellationToken);
        if (answer.Error is null)
        {
            await rows.DeliveredAsync(notification, answer.Status!.Value);
            return;
        }

        var next = answer.IsFinal
            ? null
            : NotificationBackoff.Next(
                notification.Attempts,
                options.Value.RetryDelay,
                answer.RetryAfter,
                begun: notification.GiveUpAt - options.Value.GiveUpAfter,
                notification.GiveUpAt,
                time.GetUtcNow());
        await rows.NotDeliveredAsync(notification, answer.Status, answer.Error, next);
        if (next is null)
        {
            logger.LogWarning(
                "Notification {MessageId} for {Webhook} is given up after {Attempts} attempt(s): {Error}",
                notification.MessageId, webhook.NameOrHost, notification.Attempts, answer.Error);
        }
    }

    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(PruneInterval, time, cancellationToken);
            try
            {
                await rows.AbandonAsync(cancellationToken);
                foreach (var ended in new[] { NotificationStatus.Delivered, NotificationStatus.Failed })
                {
                    while (await rows.PruneAsync(ended, time.GetUtcNow() - options.Value.Keep, cancellationToken) > 0)
                    {
                        // Until none is left.
                    }
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "Deleting old notifications failed; it is tried again in {Interval}", PruneInterval);
            }
        }
    }
}
