using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/statistics</c></summary>
internal static class StatisticsApi
{
    public static void MapStatistics(this IEndpointRouteBuilder api) =>
        api.MapGet("/statistics", GetAsync).WithTags("Statistics")
            .WithSummary("Counts, rates and times of all jobs, or of one type")
            .WithDescription("Times in seconds, rates in percent.");

    private static async Task<Ok<JobStatistics>> GetAsync(JobType? jobType, QueueService queue, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queue.GetStatisticsAsync(jobType, cancellationToken));
}
