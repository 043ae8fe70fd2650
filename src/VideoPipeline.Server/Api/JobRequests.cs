using System.Text.Json;
using System.Text.Json.Serialization;
using VideoPipeline.Catalog;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary>What to enqueue. A scrape names a channel, every other job type a video.</summary>
internal sealed record JobRequest
{
    public JobType? JobType { get; init; }

    public long? VideoId { get; init; }

    /// <summary>With a video it may be left out, and must be the video's own.</summary>
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
/// <param name="Changed">How many of them were changed; of a dry run: how many would be by their status, though some of them may then be skipped, since another job does their work or their channel is deleted.</param>
/// <param name="Skipped">How many were left as they are.</param>
/// <param name="Items">The first 100 of those that were changed.</param>
internal sealed record BulkResponse(int Matched, int Changed, int Skipped, bool DryRun, IReadOnlyList<JobResponse> Items)
{
    public static BulkResponse Of(BulkResult result, bool dryRun, IBackgroundJobs backgroundJobs) =>
        new(result.Matched, result.Changed, result.Skipped, dryRun, [.. result.Items.Select(job => JobResponse.Of(job, backgroundJobs))]);
}

/// <param name="Retried">How many jobs are queued again: as changed, but 0 for a dry run.</param>
internal sealed record BulkRetryResponse(int Retried, int Matched, int Changed, int Skipped, bool DryRun, IReadOnlyList<JobResponse> Items)
{
    public static BulkRetryResponse Of(BulkResult result, bool dryRun, IBackgroundJobs backgroundJobs) => new(
        dryRun ? 0 : result.Changed, result.Matched, result.Changed, result.Skipped, dryRun, [.. result.Items.Select(job => JobResponse.Of(job, backgroundJobs))]);
}

/// <summary>What a GitHub workflow says of the job that it runs.</summary>
internal sealed record WorkflowStatusRequest
{
    private const int MaxErrorMessageLength = 2_000;

    public WorkflowStatus? Status { get; init; }

    /// <summary>Percent, with processing.</summary>
    public double? Progress { get; init; }

    /// <summary>With failed; an empty one is none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>An object, with failed; kept in the job's errorDetails.</summary>
    public JsonElement? ErrorDetails { get; init; }

    /// <summary>With failed: no retry can mend it.</summary>
    public bool? Permanent { get; init; }

    /// <summary>The reporting run, <c>github.run_id</c>: must be the job's.</summary>
    public long? RunId { get; init; }

    /// <summary>Its attempt, <c>github.run_attempt</c>: reports of one that has ended are refused.</summary>
    public int? RunAttempt { get; init; }

    /// <summary>The workflow's input of this name, when this service has started it.</summary>
    public string? Token { get; init; }

    /// <summary>An object, with completed; kept as the job's result.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Files that the workflow has put into the store, with completed.</summary>
    public IReadOnlyList<ReportedArtifactRequest>? Artifacts { get; init; }

    /// <exception cref="InvalidRequestException"/>
    public WorkflowReport ToReport()
    {
        var token = default(Guid);
        var errors = new RequestErrors();
        errors.AddIf(Status is null, "status", $"is required: one of {LowerCaseEnum<WorkflowStatus>.Allowed}");
        errors.AddIf(Progress is not (null or (>= 0 and <= 100)), "progress", "must be from 0 to 100");
        errors.AddIf(Progress is not null && Status is not WorkflowStatus.Processing, "progress", "is for processing only");
        errors.AddIf(ErrorMessage?.Length > MaxErrorMessageLength, "errorMessage", $"must have at most {MaxErrorMessageLength} characters");
        errors.AddIf(!string.IsNullOrWhiteSpace(ErrorMessage) && Status is not WorkflowStatus.Failed, "errorMessage", "is for failed only");
        errors.AddIf(ErrorDetails is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) }, "errorDetails", "must be an object");
        errors.AddIf(ErrorDetails is { ValueKind: JsonValueKind.Object } && Status is not WorkflowStatus.Failed, "errorDetails", "is for failed only");
        errors.AddIf(Permanent is not null && Status is not WorkflowStatus.Failed, "permanent", "is for failed only");
        errors.AddIf(RunId is <= 0, "runId", "must be positive");
        errors.AddIf(RunAttempt is <= 0, "runAttempt", "must be positive");
        errors.AddIf(Token is not null && !Guid.TryParseExact(Token, "N", out token), "token", "must be the one that the workflow got as its input");
        errors.AddIf(Result is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) }, "result", "must be an object");
        errors.AddIf(Result is { ValueKind: JsonValueKind.Object } && Status is not WorkflowStatus.Completed, "result", "is for completed only");
        errors.AddIf(Artifacts is { Count: > 0 } && Status is not WorkflowStatus.Completed, "artifacts", "are for completed only");
        errors.AddIf(
            Artifacts?.Any(artifact => artifact is not { Kind: not null, Key: not null, SizeBytes: > 0, Sha256: not null }) == true,
            "artifacts", "must each have kind, key, sizeBytes and sha256");
        errors.AddIf(
            Artifacts?.Any(artifact => artifact?.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower))) == true,
            "artifacts", "must have sha256 in lower case hexadecimal");
        errors.AddIf(Artifacts?.GroupBy(artifact => artifact?.Kind).Any(kind => kind.Count() > 1) == true, "artifacts", "must each be of another kind");
        errors.ThrowIfAny();
        return new WorkflowReport
        {
            Status = Status switch
            {
                WorkflowStatus.Processing => JobStatus.Processing,
                WorkflowStatus.Completed => JobStatus.Completed,
                _ => JobStatus.Failed,
            },
            Progress = Progress,
            ErrorMessage = string.IsNullOrWhiteSpace(ErrorMessage) ? null : ErrorMessage,
            ErrorDetails = ErrorDetails is { ValueKind: JsonValueKind.Object } details ? details.GetRawText() : null,
            Permanent = Permanent ?? false,
            RunId = RunId,
            RunAttempt = RunAttempt,
            Token = Token is null ? null : token,
            Result = Result is { ValueKind: JsonValueKind.Object } result ? result.GetRawText() : null,
            Artifacts = [.. (Artifacts ?? []).Select(artifact => new ReportedArtifact(artifact.Kind!.Value, artifact.Key!, new(artifact.SizeBytes!.Value, artifact.Sha256!)))],
        };
    }
}

/// <summary>A file that a workflow has put into the store.</summary>
internal sealed record ReportedArtifactRequest
{
    public ArtifactKind? Kind { get; init; }

    /// <summary>Such as <c>1/2/output.mp4</c>: the channel's id, the video's, the kind with the file's extension.</summary>
    public string? Key { get; init; }

    public long? SizeBytes { get; init; }

    /// <summary>In lower case hexadecimal.</summary>
    public string? Sha256 { get; init; }
}

[JsonConverter(typeof(LowerCaseEnumConverter<WorkflowStatus>))]
internal enum WorkflowStatus
{
    Processing,
    Completed,
    Failed,
}
