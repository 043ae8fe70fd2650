using Google.Apis.Services;

namespace Google.Apis.YouTube.v3;

/// <summary>The YouTube Data API v3.</summary>
public class YouTubeService : BaseClientService
{
    public const string Version = "v3";

    public YouTubeService()
        : this(new Initializer())
    {
    }

    public YouTubeService(Initializer initializer)
        : base(initializer)
    {
        Channels = new ChannelsResource(this);
        PlaylistItems = new PlaylistItemsResource(this);
        Thumbnails = new ThumbnailsResource(this);
        Videos = new VideosResource(this);
    }

    public override IList<string> Features => [];

    public override string Name => "youtube";

    public override string BaseUri => BaseUriOverride ?? "https://youtube.googleapis.com/";

    public override string BasePath => string.Empty;

    public virtual ChannelsResource Channels { get; }

    public virtual PlaylistItemsResource PlaylistItems { get; }

    public virtual ThumbnailsResource Thumbnails { get; }

    public virtual VideosResource Videos { get; }

    /// <summary>What an application may ask its user for.</summary>
    public static class ScopeConstants
    {
        /// <summary>Manage the user's YouTube account.</summary>
        public const string Youtube = "https://www.googleapis.com/auth/youtube";

        /// <summary>View the user's YouTube account.</summary>
        public const string YoutubeReadonly = "https://www.googleapis.com/auth/youtube.readonly";

        /// <summary>Manage the user's YouTube videos.</summary>
        public const string YoutubeUpload = "https://www.googleapis.com/auth/youtube.upload";
    }
}
