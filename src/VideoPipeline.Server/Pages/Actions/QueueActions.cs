using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Access;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Api;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The forms of the queue's page and of the banner that says what is paused.</summary>
internal static class QueueActions
{
    /// <summary>How long the browser waits for the end of a job that is run now; most need longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapQueueActions(this IEndpointRouteBuilder pages)
    {
        var queue = pages.MapGroup("/queue");
        queue.MapPost("/pause", PauseAsync);
        queue.MapPost("/resume", ResumeAsync);
        queue.MapPost("/process-next", ProcessNextAsync);
    }

    private static Task<IResult> PauseAsync(
        HttpContext context,
        [FromForm] string? jobType,
        [FromForm] string? reason,
        [FromForm] string? minutes,
        [FromForm] string? until,
        [FromForm] string? returnTo,
        QueueService queue,
        TimeProvider time,
        CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var type = FormValues.JobType(jobType);
            var end = FormValues.Utc("until", until)
                ?? (FormValues.Number("minutes", minutes) is { } length ? time.GetUtcNow().AddMinutes(Math.Min(length, FormValues.MinutesOfYear)) : null);
            await queue.PauseAsync(type, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), Actor.Current?.Name, end, cancellationToken);
            return $"{Name(type)} paused{(end is { } at ? $" until {Readable.Utc(at)}" : "")}.";
        });

    private static Task<IResult> ResumeAsync(
        HttpContext context, [FromForm] string? jobType, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var type = FormValues.JobType(jobType);
            await queue.ResumeAsync(type, cancellationToken);
            return $"{Name(type)} resumed.";
        });

    private static Task<IResult> ProcessNextAsync(
        HttpContext context,
        [FromForm] string? jobType,
        [FromForm] string? returnTo,
        QueueService queue,
        AuditLog audit,
        TimeProvider time,
        ILogger<QueueService> logger,
        CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var type = FormValues.JobType(jobType);
            await QueueApi.NoteProcessingAsync(audit, new { jobType = type, batchSize = 1 });

            // The job runs to its end whether or not somebody waits for it. If the process dies, its lease runs out.
            var run = queue.ProcessNextJobAsync(type);
            if (await Task.WhenAny(run, Task.Delay(Patience, time, cancellationToken)) == run)
            {
                return await run is { } job
                    ? $"Job {job.Id} ({job.JobType.Name()}) has run: {Parts.StatusText.Of(job.Status).ToLowerInvariant()}."
                    : "There was nothing to run: no job waits, or the queue is paused.";
            }

            _ = run.ContinueWith(
                ended => logger.LogError(ended.Exception, "A job that was run from the page ended unexpectedly"),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            return "A job is being run now.";
        });

    private static string Name(JobType? type) => type is { } one ? Parts.StatusText.Of(one) : "All jobs";
}
