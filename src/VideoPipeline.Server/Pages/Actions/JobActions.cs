using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The forms that act on jobs.</summary>
internal static class JobActions
{
    public static void MapJobActions(this IEndpointRouteBuilder pages)
    {
        var job = pages.MapGroup("/jobs/{id:long}");
        job.MapPost("/retry", RetryAsync);
        job.MapPost("/cancel", CancelAsync);
        job.MapPost("/priority", ChangePriorityAsync);
    }

    private static Task<IResult> RetryAsync(
        long id, HttpContext context, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await queue.RetryJobAsync(id, cancellationToken);
            return $"Job {id} ({job.JobType.Name()}) is queued again.";
        });

    private static Task<IResult> CancelAsync(
        long id, HttpContext context, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await queue.CancelJobAsync(id, cancellationToken);
            return $"Job {id} ({job.JobType.Name()}) is cancelled.";
        });

    private static Task<IResult> ChangePriorityAsync(
        long id, HttpContext context, [FromForm] string? priority, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await queue.ChangePriorityAsync(id, FormValues.Priority(priority), cancellationToken);
            return $"Job {id} ({job.JobType.Name()}) has priority {job.Priority}.";
        });
}
