using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Access;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/queue</c></summary>
internal static class QueueApi
{
    public static void MapQueue(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/queue").WithTags("Queue");
        group.MapGet("/", GetAsync).WithSummary("What waits and runs, and what is paused");
        group.MapPost("/pause", PauseAsync).ProducesBodyProblems()
            .WithSummary("Pause a job type, or all")
            .WithDescription("Jobs that run go on; no further one starts. With until the pause ends by itself.");
        group.MapPost("/resume", ResumeAsync).ProducesBodyProblems()
            .WithSummary("End the pause of a job type, or every pause");
        group.MapPost("/process-next", ProcessNextAsync).ProducesBodyProblems()
            .WithSummary("Run the waiting job that is first in order, and answer when it has ended")
            .WithDescription("204 when none waits or the queue is paused.");
        group.MapPost("/process-batch", ProcessBatchAsync).ProducesBodyProblems()
            .WithSummary("Run up to so many waiting jobs, one after the other");
        group.MapPost("/process-retrying", ProcessRetryingAsync)
            .WithSummary("Run the jobs that have been tried before and whose delay is over");
    }

    private static async Task<Ok<QueueResponse>> GetAsync(
        QueueService queue, QueueOverview overview, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReadAsync(queue, overview, cancellationToken));

    private static async Task<Ok<QueueResponse>> PauseAsync(
        PauseRequest? request,
        QueueService queue,
        QueueOverview overview,
        CancellationToken cancellationToken)
    {
        await queue.PauseAsync(request?.JobType, request?.Reason, Actor.Current?.Name, request?.Until, cancellationToken);
        return TypedResults.Ok(await ReadAsync(queue, overview, cancellationToken));
    }

    private static async Task<Ok<QueueResponse>> ResumeAsync(
        JobTypeRequest? request,
        QueueService queue,
        QueueOverview overview,
        CancellationToken cancellationToken)
    {
        await queue.ResumeAsync(request?.JobType, cancellationToken);
        return TypedResults.Ok(await ReadAsync(queue, overview, cancellationToken));
    }

    private static async Task<Results<Ok<JobResponse>, NoContent>> ProcessNextAsync(
        JobTypeRequest? request, QueueService queue, IBackgroundJobs backgroundJobs, AuditLog audit)
    {
        await NoteProcessingAsync(audit, new { jobType = request?.JobType, batchSize = 1 });
        return await queue.ProcessNextJobAsync(request?.JobType) is { } job ? TypedResults.Ok(JobResponse.Of(job, backgroundJobs)) : TypedResults.NoContent();
    }

    private static async Task<Ok<ListResponse<JobResponse>>> ProcessBatchAsync(
        BatchRequest request, QueueService queue, IBackgroundJobs backgroundJobs, AuditLog audit, CancellationToken cancellationToken)
    {
        var batchSize = request.BatchSize ?? throw new InvalidRequestException("batchSize", "is required");
        await NoteProcessingAsync(audit, new { jobType = request.JobType, batchSize });
        return TypedResults.Ok(JobResponse.ListOf(await queue.ProcessBatchAsync(batchSize, request.JobType, cancellationToken), backgroundJobs));
    }

    private static async Task<Ok<ListResponse<JobResponse>>> ProcessRetryingAsync(
        QueueService queue, IBackgroundJobs backgroundJobs, AuditLog audit, CancellationToken cancellationToken)
    {
        await NoteProcessingAsync(audit, new { retrying = true });
        return TypedResults.Ok(JobResponse.ListOf(await queue.ProcessRetryingJobsAsync(cancellationToken), backgroundJobs));
    }

    /// <summary>Before it begins: each job is a transaction of its own, and the last may end in hours.</summary>
    public static Task NoteProcessingAsync(AuditLog audit, object details) =>
        Actor.Current is { } actor ? audit.WriteAsync(actor, AuditAction.ProcessQueue, details) : Task.CompletedTask;

    public static async Task<QueueResponse> ReadAsync(QueueService queue, QueueOverview overview, CancellationToken cancellationToken)
    {
        var pauses = await queue.GetPausesAsync(cancellationToken);
        var types = await overview.ReadAsync(cancellationToken);
        var byType = types.ToDictionary(type => type.JobType.Name(), type =>
        {
            var pause = QueuePause.Of(type.JobType, pauses);
            return new JobTypeQueueResponse(
                type.Queued,
                type.Processing,
                type.Retrying,
                type.Workers,
                Paused: pause is not null,
                pause?.Reason,
                pause?.PausedBy,
                pause?.PausedAt,
                pause?.Until);
        });
        return new(
            types.Sum(type => type.Queued),
            types.Sum(type => type.Processing),
            types.Sum(type => type.Retrying),
            Paused: byType.Values.All(type => type.Paused),
            byType);
    }
}

internal sealed record PauseRequest
{
    /// <summary>All when null.</summary>
    public JobType? JobType { get; init; }

    public string? Reason { get; init; }

    /// <summary>When the pause ends by itself; never when null.</summary>
    public DateTimeOffset? Until { get; init; }
}

internal sealed record JobTypeRequest
{
    /// <summary>All when null.</summary>
    public JobType? JobType { get; init; }
}

internal sealed record BatchRequest
{
    public int? BatchSize { get; init; }

    /// <summary>All when null.</summary>
    public JobType? JobType { get; init; }
}

/// <param name="Paused">Whether no job of any type starts.</param>
public sealed record QueueResponse(
    int Queued, int Processing, int Retrying, bool Paused, IReadOnlyDictionary<string, JobTypeQueueResponse> ByType);

/// <param name="Workers">How many jobs of the type run at once, over all nodes that are alive.</param>
public sealed record JobTypeQueueResponse(
    int Queued,
    int Processing,
    int Retrying,
    int Workers,
    bool Paused,
    string? Reason,
    string? PausedBy,
    DateTimeOffset? PausedAt,
    DateTimeOffset? Until);
