using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages;

namespace VideoPipeline.Notifications;

/// <summary>What a receiver has made of a notification.</summary>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">Null when it has taken it.</param>
/// <param name="IsFinal">It will never take it.</param>
/// <param name="RetryAfter">How long it wants to be left alone.</param>
internal sealed record WebhookAnswer(int? Status, string? Error, bool IsFinal = false, TimeSpan? RetryAfter = null);

/// <summary>Sends notifications, signed.</summary>
internal sealed class WebhookClient(IHttpClientFactory clients, IOptions<NotificationOptions> options, TimeProvider time)
{
    public const string GuardedClient = "webhooks";
    public const string AnywhereClient = "webhooks-anywhere";

    /// <summary>Sends it once. What the receiver says in its answer's body is not read.</summary>
    public async Task<WebhookAnswer> SendAsync(WebhookSettings webhook, Notification notification, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var client = clients.CreateClient(options.Value.AllowPrivateNetworks ? AnywhereClient : GuardedClient);
            using var request = RequestOf(webhook, notification, time.GetUtcNow().ToUnixTimeSeconds());
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode ? new(status, Error: null)
                : response.StatusCode == HttpStatusCode.Gone ? new(status, "It answered 410: it wants no more notifications.", IsFinal: true)
                : new(
                    status,
                    status is >= 300 and < 400 ? $"It answered {status}: redirects aren't followed." : $"It answered {status}.",
                    RetryAfter: response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Status: null, $"It didn't answer within {options.Value.Timeout.TotalSeconds} s.");
        }
        catch (HttpRequestException exception)
        {
            // The guard's own words are about channels.
            return new(
                Status: null,
                exception.InnerException is PermanentFailureException
                    ? $"It is at an address of a private network or of this machine. If that is meant, set VideoPipeline:Notifications:{nameof(NotificationOptions.AllowPrivateNetworks)}."
                    : $"It can't be reached: {exception.Message}");
        }
    }

    private static HttpRequestMessage RequestOf(WebhookSettings webhook, Notification notification, long timestamp) => new(HttpMethod.Post, webhook.Address)
    {
        Content = new StringContent(notification.Payload, Encoding.UTF8, "application/json"),
        Headers =
        {
            { WebhookSignature.IdHeader, notification.MessageId },
            { WebhookSignature.TimestampHeader, $"{timestamp}" },
            {
                WebhookSignature.SignatureHeader,
                WebhookSignature.Of(WebhookSignature.KeyOf(webhook.Secret)!, notification.MessageId, timestamp, notification.Payload)
            },
        },
    };
}
