using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/jobs</c></summary>
internal static class JobsApi
{
    private const string InBatches =
        "In batches, each a transaction: when the client hangs up or the service stops, what was changed stays so, and the same call again does the rest.";

    public static void MapJobs(this IEndpointRouteBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapPost("/", EnqueueAsync).ProducesBodyProblems().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Enqueue a job")
            .WithDescription("With the header Idempotency-Key a repeated request answers with the job that the first one created.");
        jobs.MapGet("/", ListAsync).WithSummary("List jobs, newest first");
        jobs.MapPost("/retry", RetryManyAsync).ProducesBodyProblems().WithSummary("Retry many jobs").WithDescription(
            "Oldest first. A filter without a status means the failed ones. Left as they are: jobs whose work another one does already, or whose channel is deleted. "
            + InBatches);
        jobs.MapPost("/cancel", CancelManyAsync).ProducesBodyProblems().WithSummary("Cancel many jobs").WithDescription(
            "Newest first. A filter without a status means all that haven't ended. Stages that run are stopped. " + InBatches);
        jobs.MapPost("/reprioritise", ReprioritiseManyAsync).ProducesBodyProblems().WithSummary("Change the priority of many jobs").WithDescription(
            "A filter without a status means all that haven't ended; jobs that have the priority already don't match it. " + InBatches);

        var job = jobs.MapGroup("/{id:long}").ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/", GetAsync).WithSummary("A job with the history of its attempts");
        job.MapPatch("/", ChangeAsync).ProducesBodyProblems().ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Change a job's priority");
        job.MapPost("/retry", RetryAsync).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Queue a failed, cancelled or retrying job now");
        job.MapPost("/cancel", CancelAsync).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Cancel a job; a stage that runs is stopped");
        job.MapGet("/explain", ExplainAsync).WithSummary("Why a job doesn't run, and when it might");
        job.MapPost("/workflow-status", ReportAsync).ProducesBodyProblems().ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Report what the GitHub workflow has done that runs the job");
    }

    private static async Task<Results<Created<JobResponse>, Ok<JobResponse>>> EnqueueAsync(
        JobRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var (job, created) = await queue.EnqueueJobAsync(request.ToEnqueue(idempotencyKey), cancellationToken);
        var response = JobResponse.Of(job, backgroundJobs);
        return created ? TypedResults.Created($"/api/jobs/{job.Id}", response) : TypedResults.Ok(response);
    }

    private static async Task<Ok<ListResponse<JobResponse>>> ListAsync(
        JobStatus? status,
        JobType? jobType,
        long? videoId,
        long? channelId,
        bool? maxAttemptsReached,
        string? errorContains,
        DateTimeOffset? createdAfter,
        DateTimeOffset? createdBefore,
        int? limit,
        string? cursor,
        QueueService queue,
        IBackgroundJobs backgroundJobs,
        CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        var filter = new JobFilter
        {
            Status = status,
            JobType = jobType,
            VideoId = videoId,
            ChannelId = channelId,
            MaxAttemptsReached = maxAttemptsReached,
            ErrorContains = errorContains,
            CreatedAfter = createdAfter,
            CreatedBefore = createdBefore,
        };
        filter.Validate();
        return TypedResults.Ok(page.Answer(
            await queue.GetJobsAsync(filter, page.Fetched, page.BeforeId, cancellationToken), job => job.Id, job => JobResponse.Of(job, backgroundJobs)));
    }

    private static async Task<Ok<JobDetailsResponse>> GetAsync(long id, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var job = await queue.GetJobAsync(id, cancellationToken) ?? throw new UnknownIdException("id", "job", id);
        return TypedResults.Ok(new JobDetailsResponse(JobResponse.Of(job, backgroundJobs), await queue.GetAttemptsAsync(id, cancellationToken)));
    }

    private static async Task<Ok<JobResponse>> ChangeAsync(long id, JobChangeRequest request, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var priority = request.Priority ?? throw new InvalidRequestException("priority", "is required");
        return TypedResults.Ok(JobResponse.Of(await queue.ChangePriorityAsync(id, priority, cancellationToken), backgroundJobs));
    }

    private static async Task<Ok<JobResponse>> RetryAsync(long id, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(JobResponse.Of(await queue.RetryJobAsync(id, cancellationToken), backgroundJobs));

    private static async Task<Ok<BulkRetryResponse>> RetryManyAsync(BulkRequest request, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var dryRun = request.DryRun ?? false;
        return TypedResults.Ok(BulkRetryResponse.Of(await queue.RetryJobsAsync(request.ToSelection(), dryRun, cancellationToken), dryRun, backgroundJobs));
    }

    private static async Task<Ok<BulkResponse>> CancelManyAsync(BulkRequest request, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var dryRun = request.DryRun ?? false;
        return TypedResults.Ok(BulkResponse.Of(await queue.CancelJobsAsync(request.ToSelection(), dryRun, cancellationToken), dryRun, backgroundJobs));
    }

    private static async Task<Ok<BulkResponse>> ReprioritiseManyAsync(BulkPriorityRequest request, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var dryRun = request.DryRun ?? false;
        var priority = request.Priority ?? throw new InvalidRequestException("priority", "is required");
        return TypedResults.Ok(BulkResponse.Of(await queue.ChangePrioritiesAsync(request.ToSelection(), priority, dryRun, cancellationToken), dryRun, backgroundJobs));
    }

    private static async Task<Ok<JobResponse>> CancelAsync(long id, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(JobResponse.Of(await queue.CancelJobAsync(id, cancellationToken), backgroundJobs));

    private static async Task<Ok<JobExplanation>> ExplainAsync(long id, QueueService queue, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queue.ExplainAsync(id, cancellationToken));

    private static async Task<Ok<JobResponse>> ReportAsync(
        long id, WorkflowStatusRequest request, QueueService queue, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(JobResponse.Of(await queue.UpdateJobFromWorkflowAsync(id, request.ToReport(), cancellationToken), backgroundJobs));
}
