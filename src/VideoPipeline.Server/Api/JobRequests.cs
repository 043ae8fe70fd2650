using System.Text.Json;
using System.Text.Json.Serialization;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary>What to enqueue. A scrape names a channel, every other job type a video.</summary>
internal sealed record JobRequest
{
    public JobType? JobType { get; init; }

    public long? VideoId { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>0 to 10, higher first; 5 when null.</summary>
    public int? Priority { get; init; }

    /// <summary>How many attempts may fail, from 1; the service's setting when null.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>When set, that workflow run executes the job.</summary>
    public long? GithubWorkflowRunId { get; init; }

    /// <summary>An object for the stage.</summary>
    public JsonElement? Parameters { get; init; }

    /// <exception cref="InvalidRequestException"/>
    public EnqueueRequest ToEnqueue(string? idempotencyKey)
    {
        var errors = new RequestErrors();
        errors.AddIf(JobType is null, "jobType", $"is required: one of {LowerCaseEnum<JobType>.Allowed}");
        errors.AddIf(Parameters is { ValueKind: not JsonValueKind.Object }, "parameters", "must be an object");
        errors.ThrowIfAny();
        return new EnqueueRequest
        {
            JobType = JobType!.Value,
            VideoId = VideoId,
            ChannelId = ChannelId,
            Priority = Priority,
            MaxAttempts = MaxAttempts,
            GithubWorkflowRunId = GithubWorkflowRunId,
            Parameters = Parameters?.GetRawText(),
            IdempotencyKey = idempotencyKey,
        };
    }
}

internal sealed record JobChangeRequest
{
    /// <summary>0 to 10, higher first.</summary>
    public int? Priority { get; init; }
}

/// <summary>Which jobs, and whether only to count them. Exactly one of ids and filter.</summary>
internal record BulkRequest
{
    /// <summary>1 to 1000 ids.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Empty for all that the operation is for.</summary>
    public BulkFilter? Filter { get; init; }

    /// <summary>Change nothing, and answer how many jobs would be changed.</summary>
    public bool? DryRun { get; init; }

    public JobSelection ToSelection() => new() { Ids = Ids, Filter = Filter?.ToFilter() };
}

internal sealed record BulkPriorityRequest : BulkRequest
{
    /// <summary>0 to 10, higher first.</summary>
    public int? Priority { get; init; }
}

internal sealed record BulkFilter
{
    /// <summary>For a retry failed (when null), cancelled or retrying; else queued, processing or retrying, and all three when null.</summary>
    public JobStatus? Status { get; init; }

    public JobType? JobType { get; init; }

    public long? VideoId { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>Only those whose attempts are used up (true), or that have some left (false).</summary>
    public bool? MaxAttemptsReached { get; init; }

    /// <summary>Within the error message, in upper or lower case.</summary>
    public string? ErrorContains { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    public JobFilter ToFilter() => new()
    {
        Status = Status,
        JobType = JobType,
        VideoId = VideoId,
        ChannelId = ChannelId,
        MaxAttemptsReached = MaxAttemptsReached,
        ErrorContains = ErrorContains,
        CreatedAfter = CreatedAfter,
        CreatedBefore = CreatedBefore,
    };
}

/// <param name="Matched">How many jobs there were.</param>
/// <param name="Changed">How many of them were changed; of a dry run: how many would be.</param>
/// <param name="Skipped">How many were left as they are.</param>
/// <param name="Items">The first 100 of those that were changed.</param>
internal sealed record BulkResponse(int Matched, int Changed, int Skipped, bool DryRun, IReadOnlyList<JobResponse> Items)
{
    public static BulkResponse Of(BulkResult result, bool dryRun) =>
        new(result.Matched, result.Changed, result.Skipped, dryRun, [.. result.Items.Select(JobResponse.Of)]);
}

/// <param name="Retried">How many jobs are queued again: as changed, but 0 for a dry run.</param>
internal sealed record BulkRetryResponse(int Retried, int Matched, int Changed, int Skipped, bool DryRun, IReadOnlyList<JobResponse> Items)
{
    public static BulkRetryResponse Of(BulkResult result, bool dryRun) => new(
        dryRun ? 0 : result.Changed, result.Matched, result.Changed, result.Skipped, dryRun, [.. result.Items.Select(JobResponse.Of)]);
}

/// <summary>What a GitHub workflow says of the job that it runs.</summary>
internal sealed record WorkflowStatusRequest
{
    public WorkflowStatus? Status { get; init; }

    public string? ErrorMessage { get; init; }
}

[JsonConverter(typeof(LowerCaseEnumConverter<WorkflowStatus>))]
internal enum WorkflowStatus
{
    Processing,
    Completed,
    Failed,
}
