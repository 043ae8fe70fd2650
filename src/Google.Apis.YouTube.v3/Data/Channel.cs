using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.YouTube.v3.Data;

/// <summary>https://developers.google.com/youtube/v3/docs/channels</summary>
public class Channel : IDirectResponseSchema
{
    [JsonProperty("id")]
    public virtual string? Id { get; set; }

    [JsonProperty("snippet")]
    public virtual ChannelSnippet? Snippet { get; set; }

    [JsonProperty("contentDetails")]
    public virtual ChannelContentDetails? ContentDetails { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}

public class ChannelSnippet
{
    [JsonProperty("title")]
    public virtual string? Title { get; set; }
}

public class ChannelContentDetails
{
    [JsonProperty("relatedPlaylists")]
    public virtual RelatedPlaylistsData? RelatedPlaylists { get; set; }

    public class RelatedPlaylistsData
    {
        /// <summary>The playlist of everything that the channel has uploaded, newest first.</summary>
        [JsonProperty("uploads")]
        public virtual string? Uploads { get; set; }
    }
}

public class ChannelListResponse : IDirectResponseSchema
{
    /// <summary>Null when there are none.</summary>
    [JsonProperty("items")]
    public virtual IList<Channel>? Items { get; set; }

    [JsonProperty("nextPageToken")]
    public virtual string? NextPageToken { get; set; }

    [JsonProperty("etag")]
    public virtual string? ETag { get; set; }
}
