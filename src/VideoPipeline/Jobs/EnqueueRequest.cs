using System.Text.Json.Nodes;

namespace VideoPipeline.Jobs;

/// <summary>What to enqueue. A scrape names a channel, every other job type a video.</summary>
public sealed record EnqueueRequest
{
    public required JobType JobType { get; init; }

    public long? VideoId { get; init; }

    /// <summary>With a video it may be left out, and must be the video's own.</summary>
    public long? ChannelId { get; init; }

    /// <summary>0 to 10, higher first; <see cref="VideoProcessingJob.DefaultPriority"/> when null.</summary>
    public int? Priority { get; init; }

    /// <summary>At least 1; the option <see cref="RetryOptions.MaxAttempts"/> when null.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>When set, that workflow run executes the job.</summary>
    public long? GithubWorkflowRunId { get; init; }

    /// <summary>JSON for the stage.</summary>
    public string? Parameters { get; init; }

    public string? IdempotencyKey { get; init; }

    /// <exception cref="InvalidRequestException"/>
    public void Validate()
    {
        var errors = new RequestErrors();
        var scrape = JobType == JobType.Scrape;
        errors.AddIf(scrape && ChannelId is null, "channelId", "is required for a scrape");
        errors.AddIf(scrape && VideoId is not null, "videoId", "must not be given for a scrape, which belongs to a channel");
        errors.AddIf(!scrape && VideoId is null, "videoId", $"is required for a {JobType.Name()} job");
        errors.AddIf(Priority is < VideoProcessingJob.MinPriority or > VideoProcessingJob.MaxPriority, "priority", PriorityRange);
        errors.AddIf(
            MaxAttempts is < 1 or > VideoProcessingJob.MaxMaxAttempts, "maxAttempts", $"must be from 1 to {VideoProcessingJob.MaxMaxAttempts}");
        errors.AddIf(GithubWorkflowRunId is <= 0, "githubWorkflowRunId", "must be positive");
        errors.AddIf(IdempotencyKey is { Length: 0 or > 200 }, "Idempotency-Key", "must have 1 to 200 characters");
        errors.ThrowIfAny();
    }

    public static void ValidatePriority(int priority)
    {
        var errors = new RequestErrors();
        errors.AddIf(priority is < VideoProcessingJob.MinPriority or > VideoProcessingJob.MaxPriority, "priority", PriorityRange);
        errors.ThrowIfAny();
    }

    internal static string PriorityRange => $"must be from {VideoProcessingJob.MinPriority} to {VideoProcessingJob.MaxPriority}";

    /// <summary>
    /// Whether this job is what this request asks for. By what never changes on a job: its priority may be another one since,
    /// and so may be what the settings say when the request leaves something out.
    /// </summary>
    internal bool HasCreated(VideoProcessingJob job) =>
        job.JobType == JobType && job.VideoId == VideoId && (ChannelId is null || job.ChannelId == ChannelId)
        && (MaxAttempts is null || job.MaxAttempts == MaxAttempts)
        && (job.GithubDispatched || job.GithubWorkflowRunId == GithubWorkflowRunId)
        && JsonNode.DeepEquals(Parse(job.Parameters), Parse(Parameters));

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);

    internal VideoProcessingJob NewJob(long channelId, int defaultMaxAttempts, DateTimeOffset now)
    {
        var job = NextStage.New(JobType, channelId, VideoId, Priority ?? VideoProcessingJob.DefaultPriority, MaxAttempts ?? defaultMaxAttempts, now);
        job.GithubWorkflowRunId = GithubWorkflowRunId;
        job.WorkflowHeardAt = GithubWorkflowRunId is null ? null : now;
        job.Parameters = Parameters;
        job.IdempotencyKey = IdempotencyKey;
        return job;
    }
}
