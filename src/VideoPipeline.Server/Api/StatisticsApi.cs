using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/statistics</c></summary>
internal static class StatisticsApi
{
    public static void MapStatistics(this IEndpointRouteBuilder api)
    {
        var statistics = api.MapGroup("/statistics").WithTags("Statistics");
        statistics.MapGet("/", GetAsync)
            .WithSummary("Counts, rates and times of all jobs, or of one type")
            .WithDescription("Times in seconds, rates in percent.");
        statistics.MapGet("/history", GetHistoryAsync)
            .WithSummary("What ended when, and how")
            .WithDescription("By the minute, hour or day, of the last day if not said otherwise. Times in seconds, rates in percent, throughput in completed jobs an hour.");
    }

    private static async Task<Ok<JobStatistics>> GetAsync(JobType? jobType, QueueService queue, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queue.GetStatisticsAsync(jobType, cancellationToken));

    private static async Task<Ok<StatisticsHistory>> GetHistoryAsync(
        JobType? jobType,
        DateTimeOffset? from,
        DateTimeOffset? to,
        HistoryBucket? bucket,
        IDbContextFactory<PipelineDbContext> contexts,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return TypedResults.Ok(await StatisticsHistory.ReadAsync(db, new(jobType, from, to, bucket), time.GetUtcNow(), cancellationToken));
    }
}
