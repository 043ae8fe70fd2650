using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Notifications;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/notifications</c></summary>
internal static class NotificationsApi
{
    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListAsync).WithSummary("What webhooks were told, and what they are still to be told, newest first");
        notifications.MapPost("/{id:long}/retry", RetryAsync).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Send a notification once more, now");
    }

    private static async Task<Ok<ListResponse<NotificationResponse>>> ListAsync(
        NotificationStatus? status, int? limit, string? cursor, NotificationRows rows, CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        return TypedResults.Ok(page.Answer(
            await rows.ListAsync(status, page.Fetched, page.BeforeId, cancellationToken), notification => notification.Id, NotificationResponse.Of));
    }

    private static async Task<Ok<NotificationResponse>> RetryAsync(long id, NotificationRows rows, CancellationToken cancellationToken) =>
        TypedResults.Ok(NotificationResponse.Of(await rows.RetryAsync(id, cancellationToken)));
}

/// <summary>A notification as the API shows it.</summary>
/// <param name="MessageId">As its receiver gets it in the header webhook-id.</param>
/// <param name="Webhook">The webhook's name.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="NextAttemptAt">Null when it isn't sent any more.</param>
/// <param name="ResponseStatus">The HTTP status of the latest answer; null when there was none.</param>
/// <param name="Payload">What is sent.</param>
internal sealed record NotificationResponse(
    long Id,
    string MessageId,
    string Webhook,
    NotificationEvent Event,
    NotificationStatus Status,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    int? ResponseStatus,
    string? Error,
    JsonElement Payload)
{
    public static NotificationResponse Of(Notification notification) => new(
        notification.Id,
        notification.MessageId,
        notification.Webhook,
        notification.Event,
        notification.Status,
        notification.Attempts,
        notification.CreatedAt,
        notification.LastAttemptAt,
        notification.Status == NotificationStatus.Pending ? notification.NextAttemptAt : null,
        notification.DeliveredAt,
        notification.ResponseStatus,
        notification.Error,
        JsonElement.Parse(notification.Payload));
}
