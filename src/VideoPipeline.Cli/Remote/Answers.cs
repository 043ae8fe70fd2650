using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoPipeline.Cli.Remote;

/// <summary>A part of a list.</summary>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Of the API's job, what is shown; its fields are described in <c>docs/api.md</c>.</summary>
internal sealed record JobAnswer
{
    public required long Id { get; init; }

    public long? VideoId { get; init; }

    public long ChannelId { get; init; }

    public required string JobType { get; init; }

    public required string Status { get; init; }

    public int Priority { get; init; }

    public int Attempts { get; init; }

    public int MaxAttempts { get; init; }

    public int LostAttempts { get; init; }

    public string? ErrorMessage { get; init; }

    public JsonElement? ErrorDetails { get; init; }

    public string? WaitReason { get; init; }

    public double Progress { get; init; }

    public double? Speed { get; init; }

    public double? EtaSeconds { get; init; }

    public DateTimeOffset QueuedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public double? DurationSeconds { get; init; }

    public double? WaitSeconds { get; init; }

    public long? GithubWorkflowRunId { get; init; }

    public string? Worker { get; init; }

    public JsonElement? Result { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Null in lists.</summary>
    public IReadOnlyList<AttemptAnswer>? History { get; init; }

    /// <summary>In events only.</summary>
    public string? VideoTitle { get; init; }

    [JsonIgnore]
    public bool IsActive => Status is "queued" or "processing" or "retrying";

    /// <summary>A field of the stage's result; null when there is none.</summary>
    public string? ResultText(string name) =>
        Result is { ValueKind: JsonValueKind.Object } result && result.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    public double? ResultNumber(string name) =>
        Result is { ValueKind: JsonValueKind.Object } result && result.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : null;
}

internal sealed record AttemptAnswer(
    int Number, string? Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Outcome, string? ErrorMessage);

internal sealed record ExplanationAnswer(long Id, string Status, int? Rank, IReadOnlyList<string> BlockedBy, DateTimeOffset? ExpectedStart);

internal sealed record BulkAnswer(int Matched, int Changed, int Skipped, bool DryRun);

internal sealed record VideoAnswer(
    long Id,
    long ChannelId,
    string Url,
    string Title,
    double? DurationSeconds,
    IReadOnlyList<JobAnswer> Stages,
    IReadOnlyList<ArtifactAnswer> Artifacts,
    IReadOnlyList<PublicationAnswer> Publications,
    DateTimeOffset CreatedAt);

internal sealed record ArtifactAnswer(string Kind, string Key, string Url, long SizeBytes);

internal sealed record PublicationAnswer(string TargetKind, string Location, DateTimeOffset PublishedAt);

internal sealed record ChannelAnswer(
    long Id,
    string Name,
    ChannelSourceAnswer Source,
    string? Rights,
    string? Attribution,
    string Profile,
    ChannelTargetAnswer Target,
    string? Cron,
    JsonElement? Filters,
    int Priority,
    bool AllowPrivateNetworks,
    SourcePauseAnswer? Pause,
    DateTimeOffset? LastScrapedAt,
    DateTimeOffset? NextScrapeAt);

internal sealed record ChannelSourceAnswer(string Kind, string Url);

internal sealed record ChannelTargetAnswer(string Kind, string? Path);

internal sealed record SourcePauseAnswer(string Reason, DateTimeOffset Until, int Refusals);

internal sealed record QueueAnswer(int Queued, int Processing, int Retrying, bool Paused, IReadOnlyDictionary<string, JobTypeAnswer> ByType)
{
    [JsonIgnore]
    public int Active => Queued + Processing + Retrying;
}

internal sealed record JobTypeAnswer(
    int Queued, int Processing, int Retrying, int Workers, bool Paused, string? Reason, string? PausedBy, DateTimeOffset? PausedAt, DateTimeOffset? Until);

/// <summary>In events.</summary>
internal sealed record PausesAnswer(bool Paused, IReadOnlyDictionary<string, PauseAnswer> ByType);

internal sealed record PauseAnswer(bool Paused, string? Reason, string? PausedBy, DateTimeOffset? PausedAt, DateTimeOffset? Until);

internal sealed record StatisticsAnswer(
    int TotalJobs,
    int Queued,
    int Processing,
    int Completed,
    int Failed,
    int Retrying,
    int Cancelled,
    double SuccessRate,
    double AverageProcessingTime,
    double AverageWaitTime,
    double P50ProcessingTime,
    double P95ProcessingTime,
    double P50WaitTime,
    double P95WaitTime,
    IReadOnlyDictionary<string, StatisticsAnswer>? ByType);

internal sealed record NodeAnswer(
    string Name, string Status, string Role, string Version, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, IReadOnlyDictionary<string, int> Workers, IReadOnlyList<NodeJobAnswer> Jobs);

internal sealed record NodeJobAnswer(long Id, string JobType, double Progress);

internal sealed record HealthAnswer(string Status, string? Node, IReadOnlyDictionary<string, HealthCheckAnswer>? Checks);

internal sealed record HealthCheckAnswer(bool Ok, string Detail, string? Warning);

/// <summary>Generated at build time: a command that reads an answer starts faster than with reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ListAnswer<JobAnswer>))]
[JsonSerializable(typeof(ListAnswer<VideoAnswer>))]
[JsonSerializable(typeof(ListAnswer<ChannelAnswer>))]
[JsonSerializable(typeof(ListAnswer<NodeAnswer>))]
[JsonSerializable(typeof(ListAnswer<JsonElement>))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(VideoAnswer))]
[JsonSerializable(typeof(ChannelAnswer))]
[JsonSerializable(typeof(ExplanationAnswer))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(QueueAnswer))]
[JsonSerializable(typeof(PausesAnswer))]
[JsonSerializable(typeof(StatisticsAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class ServiceJson : JsonSerializerContext;
