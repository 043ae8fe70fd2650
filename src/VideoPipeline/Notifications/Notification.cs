using System.Text.Json.Serialization;

namespace VideoPipeline.Notifications;

/// <summary>What somebody may want to be told of.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<NotificationEvent>))]
public enum NotificationEvent
{
    /// <summary>A video was published.</summary>
    Published,

    /// <summary>A job failed for good: its attempts are used up, or no retry can mend it.</summary>
    Failed,

    /// <summary>A channel's source has refused and is left alone for a while.</summary>
    ChannelBlocked,

    /// <summary>Jobs were paused, by whomever.</summary>
    QueuePaused,

    /// <summary>A pause was ended by somebody. One that ends by itself has said when.</summary>
    QueueResumed,
}

[JsonConverter(typeof(LowerCaseEnumConverter<NotificationStatus>))]
public enum NotificationStatus
{
    /// <summary>It waits for its first or its next attempt.</summary>
    Pending,

    /// <summary>The receiver has said that it has it.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,
}

/// <summary>
/// Something that one webhook is to be told: written in the transaction of what happened, so that neither happens without
/// the other. It is delivered at least once; <see cref="MessageId"/> is the same each time.
/// </summary>
public sealed class Notification
{
    public const int MaxErrorLength = 500;

    public long Id { get; set; }

    /// <summary>The receiver's means to know it again.</summary>
    public required string MessageId { get; set; }

    /// <summary>The name of the webhook.</summary>
    public required string Webhook { get; set; }

    public NotificationEvent Event { get; set; }

    /// <summary>The body, JSON.</summary>
    public required string Payload { get; set; }

    public NotificationStatus Status { get; set; }

    /// <summary>How often it was sent, or was about to be. Every claim counts one up, so it tells one claim from another.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is sent next. While it is being sent: when another node may, should this one have died.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>No attempt begins later.</summary>
    public DateTimeOffset GiveUpAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastAttemptAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>The HTTP status of the latest answer; null when there was none.</summary>
    public int? ResponseStatus { get; set; }

    /// <summary>Why the latest attempt failed; null when it didn't.</summary>
    public string? Error { get; set; }
}
