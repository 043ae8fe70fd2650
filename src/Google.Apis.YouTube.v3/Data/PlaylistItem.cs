using Google.Apis.Requests;
using Google.Apis.Util;
using Newtonsoft.Json;

namespace Google.Apis.YouTube.v3.Data;

/// <summary>https://developers.google.com/youtube/v3/docs/playlistItems</summary>
public class PlaylistItem : IDirectResponseSchema
{
    [JsonProperty("id")]
    public virtual string? Id { get; set; }

    [JsonProperty("snippet")]
    public virtual PlaylistItemSnippet? Snippet { get; set; }

    [JsonProperty("contentDetails")]
    public virtual PlaylistItemContentDetails? ContentDetails { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}

public class PlaylistItemSnippet
{
    [JsonProperty("playlistId")]
    public virtual string? PlaylistId { get; set; }

    [JsonProperty("resourceId")]
    public virtual ResourceId? ResourceId { get; set; }

    [JsonProperty("title")]
    public virtual string? Title { get; set; }

    /// <summary>When the item was added to the playlist, RFC 3339.</summary>
    [JsonProperty("publishedAt")]
    public virtual string? PublishedAtRaw { get; set; }

    [JsonIgnore]
    public virtual DateTimeOffset? PublishedAtDateTimeOffset
    {
        get => DiscoveryFormat.ParseGoogleDateTimeToDateTimeOffset(PublishedAtRaw);
        set => PublishedAtRaw = DiscoveryFormat.FormatDateTimeOffsetToGoogleDateTime(value);
    }
}

public class PlaylistItemContentDetails
{
    [JsonProperty("videoId")]
    public virtual string? VideoId { get; set; }

    /// <summary>When the video was published, RFC 3339.</summary>
    [JsonProperty("videoPublishedAt")]
    public virtual string? VideoPublishedAtRaw { get; set; }

    [JsonIgnore]
    public virtual DateTimeOffset? VideoPublishedAtDateTimeOffset
    {
        get => DiscoveryFormat.ParseGoogleDateTimeToDateTimeOffset(VideoPublishedAtRaw);
        set => VideoPublishedAtRaw = DiscoveryFormat.FormatDateTimeOffsetToGoogleDateTime(value);
    }
}

public class ResourceId
{
    /// <summary><c>youtube#video</c>.</summary>
    [JsonProperty("kind")]
    public virtual string? Kind { get; set; }

    [JsonProperty("videoId")]
    public virtual string? VideoId { get; set; }
}

public class PlaylistItemListResponse : IDirectResponseSchema
{
    [JsonProperty("items")]
    public virtual IList<PlaylistItem>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public virtual string? NextPageToken { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}
