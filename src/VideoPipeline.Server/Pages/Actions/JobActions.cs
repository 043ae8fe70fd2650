using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Pages.Parts;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The forms that act on jobs.</summary>
internal static class JobActions
{
    public static void MapJobActions(this IEndpointRouteBuilder pages)
    {
        pages.MapPost("/jobs/retry", RetryManyAsync);
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
            return $"{Name(job)} is queued again.";
        });

    private static Task<IResult> CancelAsync(
        long id, HttpContext context, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await queue.CancelJobAsync(id, cancellationToken);
            return $"{Name(job)} is cancelled.";
        });

    private static Task<IResult> ChangePriorityAsync(
        long id, HttpContext context, [FromForm] string? priority, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var job = await queue.ChangePriorityAsync(id, FormValues.Priority(priority), cancellationToken);
            return $"{Name(job)} has priority {job.Priority} now.";
        });

    private static Task<IResult> RetryManyAsync(
        HttpContext context,
        IFormCollection form,
        QueueService queue,
        CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, form["returnTo"], async () =>
        {
            var all = form["which"] == "all";
            long[] ids = [.. form["id"].Select(id => FormValues.Number("selection", id) ?? 0).Distinct()];
            if (!all && ids.Length == 0)
            {
                throw new InvalidRequestException("selection", "is empty: mark the jobs to retry first");
            }

            var selection = all
                ? new JobSelection { Filter = FormValues.Failures(form["jobType"], form["channel"], form["error"]) }
                : new JobSelection { Ids = ids };
            var result = await queue.RetryJobsAsync(selection, cancellationToken: cancellationToken);
            return $"{(result.Changed == 1 ? "1 job is" : $"{result.Changed} jobs are")} queued again"
                + (result.Skipped > 0 ? $", {result.Skipped} left as they are: they have changed, or a newer job does their work." : ".");
        });

    private static string Name(VideoProcessingJob job) => $"{StatusText.Of(job.JobType)} (job {job.Id})";
}
