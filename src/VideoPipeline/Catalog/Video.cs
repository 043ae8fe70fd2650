using System.Text.Json.Serialization;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Catalog;

/// <summary>One video of a channel, whatever stage it has reached.</summary>
public sealed class Video
{
    public long Id { get; set; }

    public long ChannelId { get; set; }

    /// <summary>The source's own name of it: unique in the channel. For a folder the path below it, else the URL.</summary>
    public required string ExternalId { get; set; }

    /// <summary>Where its file is: an absolute path, or an http(s) URL.</summary>
    public required string Url { get; set; }

    public required string Title { get; set; }

    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>Of the source file.</summary>
    public double? DurationSeconds { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

[JsonConverter(typeof(LowerCaseEnumConverter<ArtifactKind>))]
public enum ArtifactKind
{
    Source,
    Output,
    Thumbnail,
    Metadata,
}

/// <summary>A stored file of a video. There is one per kind; a stage that runs again replaces it.</summary>
public sealed class Artifact
{
    public long Id { get; set; }

    public long VideoId { get; set; }

    public ArtifactKind Kind { get; set; }

    /// <summary>Its name in the store: <c>{channelId}/{videoId}/source.mp4</c>.</summary>
    public required string Key { get; set; }

    public long SizeBytes { get; set; }

    /// <summary>In lower case hexadecimal.</summary>
    public required string Sha256 { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal FileDigest Digest => new(SizeBytes, Sha256);
}

/// <summary>That a video has been delivered to a target; one per video and target.</summary>
public sealed class Publication
{
    public long Id { get; set; }

    public long VideoId { get; set; }

    public TargetKind TargetKind { get; set; }

    /// <summary>Where it is: for a folder the absolute path of the video.</summary>
    public required string Location { get; set; }

    /// <summary>Of the delivered file, in lower case hexadecimal.</summary>
    public required string Sha256 { get; set; }

    public DateTimeOffset PublishedAt { get; set; }
}
