using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoPipeline.Catalog;

/// <summary>How a channel's videos are published on YouTube.</summary>
public sealed record YouTubeTargetSettings
{
    public const string DefaultTitle = "{title}";
    public const string DefaultDescription = "{title}\n\n{attribution}\n{sourceUrl}";

    /// <summary>YouTube's "People &amp; Blogs".</summary>
    public const string DefaultCategoryId = "22";

    /// <summary>The YouTube channel that must be the one signed in to (<c>UC...</c>); whichever it is when null.</summary>
    public string? ChannelId { get; init; }

    /// <summary>A template: <c>{title}</c>, <c>{attribution}</c>, <c>{channel}</c>, <c>{sourceUrl}</c>, <c>{publishedAt}</c>; <see cref="DefaultTitle"/> when null.</summary>
    public string? Title { get; init; }

    /// <summary>A template like <see cref="Title"/>; <see cref="DefaultDescription"/> when null. The attribution is added if it isn't in it.</summary>
    public string? Description { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A number of YouTube's list of categories; <see cref="DefaultCategoryId"/> when null.</summary>
    public string? CategoryId { get; init; }

    /// <summary>The ids of the playlists that videos are added to.</summary>
    public IReadOnlyList<string>? Playlists { get; init; }

    /// <summary>What becomes of a video once YouTube has processed it; private when null, so that nothing becomes public by accident.</summary>
    public VideoPrivacy? Privacy { get; init; }

    /// <summary>When the videos become public; private until then.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>The declaration that YouTube asks for (COPPA); false when null.</summary>
    public bool? MadeForKids { get; init; }

    /// <summary>Whether the video gets the pipeline's thumbnail; true when null. The account must be verified for it.</summary>
    public bool? Thumbnail { get; init; }

    // Lists are compared by what is in them: a channel that was read twice is the same.
    public bool Equals(YouTubeTargetSettings? other) => other is not null && Json(this) == Json(other);

    public override int GetHashCode() => Json(this).GetHashCode(StringComparison.Ordinal);

    private static string Json(YouTubeTargetSettings settings) => JsonSerializer.Serialize(settings, JsonSerializerOptions.Web);
}

[JsonConverter(typeof(LowerCaseEnumConverter<VideoPrivacy>))]
public enum VideoPrivacy
{
    Private,
    Unlisted,
    Public,
}
