using System.Text.Json.Serialization;

namespace VideoPipeline.Catalog;

/// <summary>A source of videos and what becomes of them.</summary>
public sealed class Channel
{
    public long Id { get; set; }

    /// <summary>Unique; also the name of the channel's folder below <c>published</c>, see <see cref="ChannelName"/>.</summary>
    public required string Name { get; set; }

    public SourceKind SourceKind { get; set; }

    /// <summary>The absolute path of the watched folder, or the http(s) URL of the feed, page or YouTube channel.</summary>
    public required string SourceUrl { get; set; }

    /// <summary>By which right the operator publishes these videos; targets that are public demand it.</summary>
    public ChannelRights? Rights { get; set; }

    /// <summary>Whom the published videos name as their creator.</summary>
    public string? Attribution { get; set; }

    public required string Profile { get; set; }

    public TargetKind TargetKind { get; set; }

    /// <summary>For a folder target: where to, absolute; null for the channel's folder below <c>published</c>.</summary>
    public string? TargetPath { get; set; }

    /// <summary>For a YouTube target: how; null for the defaults.</summary>
    public YouTubeTargetSettings? YouTube { get; set; }

    /// <summary>When to scrape by itself (five fields, UTC); null for never.</summary>
    public string? Cron { get; set; }

    public ScrapeFilters Filters { get; set; } = new();

    /// <summary>Of the jobs that its scrapes create.</summary>
    public int Priority { get; set; }

    /// <summary>Allows URLs that lead into private networks or to this machine.</summary>
    public bool AllowPrivateNetworks { get; set; }

    public DateTimeOffset? LastScrapedAt { get; set; }

    /// <summary>Null when its source has said nothing that is worth keeping, or when it wasn't read along.</summary>
    public SourceState? SourceState { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A deleted channel keeps its row for its videos' history; it is listed and scraped no more.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

[JsonConverter(typeof(LowerCaseEnumConverter<SourceKind>))]
public enum SourceKind
{
    /// <summary>A watched directory on this machine.</summary>
    Folder,

    /// <summary>An RSS or Atom feed with enclosures or Media RSS, or a YouTube channel's feed.</summary>
    Feed,

    /// <summary>A channel, playlist or page of any site that yt-dlp knows.</summary>
    Ytdlp,

    /// <summary>A YouTube channel, listed by YouTube's Data API.</summary>
    Youtube,
}

[JsonConverter(typeof(LowerCaseEnumConverter<TargetKind>))]
public enum TargetKind
{
    /// <summary>A directory on this machine: the video, its thumbnail and a metadata sidecar.</summary>
    Folder,

    /// <summary>The YouTube channel that somebody has signed in to.</summary>
    Youtube,
}

[JsonConverter(typeof(LowerCaseEnumConverter<ChannelRights>))]
public enum ChannelRights
{
    Own,
    Licensed,
    PublicDomain,
}

/// <summary>Which videos of a source are taken.</summary>
public sealed record ScrapeFilters
{
    /// <summary>A regular expression that titles must match, case-insensitive.</summary>
    public string? TitleInclude { get; init; }

    /// <summary>A regular expression that titles must not match, case-insensitive.</summary>
    public string? TitleExclude { get; init; }

    /// <summary>Videos published before are left out. For a folder: the file's modification time. A video whose date is unknown is taken.</summary>
    public DateTimeOffset? PublishedAfter { get; init; }

    /// <summary>In seconds; checked as soon as the duration is known.</summary>
    public double? MinDuration { get; init; }

    /// <summary>In seconds; checked as soon as the duration is known.</summary>
    public double? MaxDuration { get; init; }

    /// <summary>How many new videos one scrape takes, oldest first.</summary>
    public int? MaxPerRun { get; init; }
}
