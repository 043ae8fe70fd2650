using Google.Apis.Requests;
using Google.Apis.Util;
using Newtonsoft.Json;

namespace Google.Apis.YouTube.v3.Data;

/// <summary>https://developers.google.com/youtube/v3/docs/videos</summary>
public class Video : IDirectResponseSchema
{
    [JsonProperty("id")]
    public virtual string? Id { get; set; }

    [JsonProperty("snippet")]
    public virtual VideoSnippet? Snippet { get; set; }

    [JsonProperty("status")]
    public virtual VideoStatus? Status { get; set; }

    [JsonProperty("contentDetails")]
    public virtual VideoContentDetails? ContentDetails { get; set; }

    [JsonProperty("processingDetails")]
    public virtual VideoProcessingDetails? ProcessingDetails { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}

public class VideoSnippet
{
    [JsonProperty("title")]
    public virtual string? Title { get; set; }

    [JsonProperty("description")]
    public virtual string? Description { get; set; }

    /// <summary>Seen by the video's owner only.</summary>
    [JsonProperty("tags")]
    public virtual IList<string>? Tags { get; set; }

    [JsonProperty("categoryId")]
    public virtual string? CategoryId { get; set; }

    [JsonProperty("channelId")]
    public virtual string? ChannelId { get; set; }

    /// <summary><c>none</c>, <c>live</c> or <c>upcoming</c>.</summary>
    [JsonProperty("liveBroadcastContent")]
    public virtual string? LiveBroadcastContent { get; set; }

    [JsonProperty("publishedAt")]
    public virtual string? PublishedAtRaw { get; set; }

    [JsonIgnore]
    public virtual DateTimeOffset? PublishedAtDateTimeOffset
    {
        get => DiscoveryFormat.ParseGoogleDateTimeToDateTimeOffset(PublishedAtRaw);
        set => PublishedAtRaw = DiscoveryFormat.FormatDateTimeOffsetToGoogleDateTime(value);
    }
}

public class VideoStatus
{
    /// <summary><c>uploaded</c>, <c>processed</c>, <c>failed</c>, <c>rejected</c> or <c>deleted</c>.</summary>
    [JsonProperty("uploadStatus")]
    public virtual string? UploadStatus { get; set; }

    [JsonProperty("failureReason")]
    public virtual string? FailureReason { get; set; }

    [JsonProperty("rejectionReason")]
    public virtual string? RejectionReason { get; set; }

    /// <summary><c>private</c>, <c>unlisted</c> or <c>public</c>.</summary>
    [JsonProperty("privacyStatus")]
    public virtual string? PrivacyStatus { get; set; }

    /// <summary>When a private video becomes public, RFC 3339.</summary>
    [JsonProperty("publishAt")]
    public virtual string? PublishAtRaw { get; set; }

    [JsonIgnore]
    public virtual DateTimeOffset? PublishAtDateTimeOffset
    {
        get => DiscoveryFormat.ParseGoogleDateTimeToDateTimeOffset(PublishAtRaw);
        set => PublishAtRaw = DiscoveryFormat.FormatDateTimeOffsetToGoogleDateTime(value);
    }

    [JsonProperty("license")]
    public virtual string? License { get; set; }

    [JsonProperty("embeddable")]
    public virtual bool? Embeddable { get; set; }

    [JsonProperty("publicStatsViewable")]
    public virtual bool? PublicStatsViewable { get; set; }

    [JsonProperty("containsSyntheticMedia")]
    public virtual bool? ContainsSyntheticMedia { get; set; }

    [JsonProperty("selfDeclaredMadeForKids")]
    public virtual bool? SelfDeclaredMadeForKids { get; set; }
}

public class VideoContentDetails
{
    /// <summary>ISO 8601, such as PT1M30S.</summary>
    [JsonProperty("duration")]
    public virtual string? Duration { get; set; }
}

public class VideoProcessingDetails
{
    /// <summary><c>processing</c>, <c>succeeded</c>, <c>failed</c> or <c>terminated</c>.</summary>
    [JsonProperty("processingStatus")]
    public virtual string? ProcessingStatus { get; set; }

    [JsonProperty("processingFailureReason")]
    public virtual string? ProcessingFailureReason { get; set; }
}

public class VideoListResponse : IDirectResponseSchema
{
    [JsonProperty("items")]
    public virtual IList<Video>? Items { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}

public class ThumbnailSetResponse : IDirectResponseSchema
{
    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}
