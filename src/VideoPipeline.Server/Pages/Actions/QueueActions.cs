using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary>The forms of the queue's page and of the banner that says what is paused.</summary>
internal static class QueueActions
{
    public static void MapQueueActions(this IEndpointRouteBuilder pages)
    {
        pages.MapPost("/queue/resume", ResumeAsync);
    }

    private static Task<IResult> ResumeAsync(
        HttpContext context, [FromForm] string? jobType, [FromForm] string? returnTo, QueueService queue, CancellationToken cancellationToken) =>
        ActionResults.RunAsync(context, returnTo, async () =>
        {
            var type = FormValues.JobType(jobType);
            await queue.ResumeAsync(type, cancellationToken);
            return type is { } one ? $"{FormValues.Title(one.Name())} goes on." : "All jobs go on.";
        });
}
