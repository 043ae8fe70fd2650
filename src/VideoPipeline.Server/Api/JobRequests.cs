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

internal sealed record BulkRetryRequest
{
    /// <summary>Which failed jobs; empty for all.</summary>
    public BulkRetryFilter? Filter { get; init; }
}

internal sealed record BulkRetryFilter
{
    public JobType? JobType { get; init; }

    public long? ChannelId { get; init; }

    public long? VideoId { get; init; }

    /// <summary>Only those whose attempts are used up (true), or that failed before (false).</summary>
    public bool? MaxAttemptsReached { get; init; }
}

/// <param name="Retried">How many jobs are queued again.</param>
internal sealed record BulkRetryResponse(int Retried, IReadOnlyList<JobResponse> Items);

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
