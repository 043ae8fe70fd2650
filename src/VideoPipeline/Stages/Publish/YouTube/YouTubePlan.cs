using Google.Apis.YouTube.v3.Data;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.YouTube;
using Channel = VideoPipeline.Catalog.Channel;
using Video = Google.Apis.YouTube.v3.Data.Video;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>What is to become of a video on YouTube, from its channel's settings. Decides, and does nothing.</summary>
internal sealed class YouTubePlan(Channel channel, Catalog.Video video)
{
    private readonly YouTubeTargetSettings _settings = channel.YouTube ?? new();

    public string? ChannelId => _settings.ChannelId;

    public IReadOnlyList<string> Playlists => _settings.Playlists ?? [];

    public bool WantsThumbnail => _settings.Thumbnail ?? true;

    /// <summary>To the second: whether YouTube keeps fractions isn't documented, and what it has is compared with this.</summary>
    public DateTimeOffset? PublishAt => _settings.PublishAt is { } at ? at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond)) : null;

    /// <summary>With a time to become public the video is private until then.</summary>
    public string Privacy => PublishAt is null ? LowerCaseEnum<VideoPrivacy>.Name(_settings.Privacy ?? VideoPrivacy.Private) : "private";

    /// <summary>Units that a publication takes at least, polls and the beginning of the upload left out.</summary>
    public int Cost => YouTubeClient.ReadCost
        + (WantsThumbnail ? YouTubeClient.WriteCost : 0)
        + (Playlists.Count * (YouTubeClient.ReadCost + YouTubeClient.WriteCost))
        + YouTubeClient.ReadCost + (PublishAt is not null || Privacy != "private" ? YouTubeClient.WriteCost : 0);

    /// <summary>The video as it is uploaded: private, whatever is to become of it.</summary>
    /// <param name="marker">Among its tags, so that it can be found again.</param>
    public Video Uploaded(string marker) => new()
    {
        Snippet = new VideoSnippet
        {
            Title = YouTubeText.Title(_settings.Title ?? YouTubeTargetSettings.DefaultTitle, channel, video),
            Description = YouTubeText.Description(_settings.Description ?? YouTubeTargetSettings.DefaultDescription, channel, video),
            Tags = [.. _settings.Tags ?? [], marker],
            CategoryId = _settings.CategoryId ?? YouTubeTargetSettings.DefaultCategoryId,
        },
        Status = new VideoStatus { PrivacyStatus = "private", SelfDeclaredMadeForKids = _settings.MadeForKids ?? false },
    };

    /// <summary>Whether the video is as it is meant to be in the end.</summary>
    public bool IsFulfilledBy(VideoStatus status) =>
        PublishAt is { } publishAt
            ? (status.PrivacyStatus == "private" && status.PublishAtDateTimeOffset == publishAt) || status.PrivacyStatus == "public"
            : status.PrivacyStatus == Privacy && status.PublishAtRaw is null;

    /// <summary>The status with the visibility that is wanted, and everything else as it is: an update replaces all of it.</summary>
    public VideoStatus Visible(VideoStatus present) => new()
    {
        PrivacyStatus = Privacy,
        PublishAtDateTimeOffset = PublishAt,
        SelfDeclaredMadeForKids = _settings.MadeForKids ?? false,
        License = present.License,
        Embeddable = present.Embeddable,
        PublicStatsViewable = present.PublicStatsViewable,
        ContainsSyntheticMedia = present.ContainsSyntheticMedia,
    };

    /// <exception cref="PermanentFailureException">The time to become public has passed: the video would be public at once.</exception>
    public void RequireFuture(DateTimeOffset now)
    {
        if (PublishAt <= now)
        {
            throw new PermanentFailureException(
                $"target.youtube.publishAt of the channel, {PublishAt:u}, has passed. Set another time, or remove it, then retry the job. Nothing was made public.");
        }
    }
}
