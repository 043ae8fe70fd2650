using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Api;

/// <summary>A job as the API shows it.</summary>
internal record JobResponse
{
    public required long Id { get; init; }

    public required long? VideoId { get; init; }

    public required long ChannelId { get; init; }

    public required JobType JobType { get; init; }

    public required JobStatus Status { get; init; }

    public required int Priority { get; init; }

    public required int Attempts { get; init; }

    public required int MaxAttempts { get; init; }

    public required int LostAttempts { get; init; }

    public required string? ErrorMessage { get; init; }

    public required JsonElement? ErrorDetails { get; init; }

    public required string? WaitReason { get; init; }

    public required double Progress { get; init; }

    public required double? Speed { get; init; }

    public required double? EtaSeconds { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? CompletedAt { get; init; }

    public required double? DurationSeconds { get; init; }

    public required double? WaitSeconds { get; init; }

    public required long? GithubWorkflowRunId { get; init; }

    /// <summary>The background job of Hangfire that waits in the job's stead, or else that of its latest attempt. Null until a moment after it was queued, and behind the head of its queue.</summary>
    public required string? HangfireJobId { get; init; }

    public required string? Worker { get; init; }

    public required JsonElement? Parameters { get; init; }

    public required JsonElement? Result { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static JobResponse Of(VideoProcessingJob job, IBackgroundJobs backgroundJobs) => new()
    {
        Id = job.Id,
        VideoId = job.VideoId,
        ChannelId = job.ChannelId,
        JobType = job.JobType,
        Status = job.Status,
        Priority = job.Priority,
        Attempts = job.Attempts,
        MaxAttempts = job.MaxAttempts,
        LostAttempts = job.LostAttempts,
        ErrorMessage = job.ErrorMessage,
        ErrorDetails = Json(job.ErrorDetails),
        WaitReason = job.WaitReason,
        Progress = job.Progress ?? 0,
        Speed = job.ProgressSpeed,
        EtaSeconds = job.EtaSeconds,
        QueuedAt = job.QueuedAt,
        StartedAt = job.StartedAt,
        CompletedAt = job.CompletedAt,
        DurationSeconds = job.DurationSeconds,
        WaitSeconds = job.WaitSeconds,
        GithubWorkflowRunId = job.GithubWorkflowRunId,
        HangfireJobId = backgroundJobs.StandingFor(job),
        Worker = job.Worker,
        Parameters = Json(job.Parameters),
        Result = Json(job.Result),
        CreatedAt = job.CreatedAt,
        UpdatedAt = job.UpdatedAt,
    };

    public static ListResponse<JobResponse> ListOf(IEnumerable<VideoProcessingJob> jobs, IBackgroundJobs backgroundJobs) =>
        new([.. jobs.Select(job => Of(job, backgroundJobs))], NextCursor: null);

    internal static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>A job with its finished attempts.</summary>
internal sealed record JobDetailsResponse : JobResponse
{
    [SetsRequiredMembers]
    public JobDetailsResponse(JobResponse job, IEnumerable<JobAttempt> attempts)
        : base(job) => History = [.. attempts.Select(AttemptResponse.Of)];

    /// <summary>Every attempt that has ended, in order.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<AttemptResponse> History { get; }
}

/// <param name="Number">1 for the first. An attempt that didn't count shares its number with the next.</param>
internal sealed record AttemptResponse(
    int Number, string? Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt, AttemptOutcome Outcome, string? ErrorMessage, JsonElement? ErrorDetails)
{
    public static AttemptResponse Of(JobAttempt attempt) => new(
        attempt.Number, attempt.Worker, attempt.StartedAt, attempt.EndedAt, attempt.Outcome, attempt.ErrorMessage, JobResponse.Json(attempt.ErrorDetails));
}
