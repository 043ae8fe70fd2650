using System.Text.Json.Serialization;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;

namespace VideoPipeline.Notifications;

/// <summary>The body of a notification, as Standard Webhooks wants it.</summary>
/// <param name="Timestamp">When it happened.</param>
internal sealed record NotificationPayload([property: JsonPropertyName("type")] NotificationEvent Event, DateTimeOffset Timestamp, object Data);

internal sealed record PublishedData(long JobId, NotifiedVideo? Video, NotifiedChannel? Channel, IReadOnlyList<NotifiedPublication> Publications);

/// <param name="Video">Null for a scrape.</param>
internal sealed record FailedData(long JobId, JobType JobType, int Attempts, string? ErrorMessage, NotifiedVideo? Video, NotifiedChannel? Channel);

/// <param name="Refusals">How often in a row the source has refused.</param>
internal sealed record ChannelBlockedData(NotifiedChannel? Channel, string? Reason, DateTimeOffset? Until, int Refusals);

/// <param name="Scope">A job type, or <c>all</c>.</param>
internal sealed record QueuePausedData(string Scope, string? Reason, string? PausedBy, DateTimeOffset PausedAt, DateTimeOffset? Until);

internal sealed record NotifiedVideo(long Id, string Title, string Url);

internal sealed record NotifiedChannel(long Id, string Name);

internal sealed record NotifiedPublication(TargetKind Target, string Location, DateTimeOffset PublishedAt);
