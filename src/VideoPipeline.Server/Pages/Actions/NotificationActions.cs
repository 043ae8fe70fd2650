using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Notifications;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The form of the notifications' page.</summary>
internal static class NotificationActions
{
    public static void MapNotificationActions(this IEndpointRouteBuilder pages) => pages.MapPost("/notifications/{id:long}/retry", RetryAsync);

    private static Task<IResult> RetryAsync(
        long id, HttpContext context, [FromForm] string? returnTo, NotificationRows rows, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            await rows.RetryAsync(id, cancellationToken);
            return $"Notification {id} is sent again.";
        });
}
