using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>
/// That a video is about to be published at a target which can't be asked to do it once: committed before the first step, and
/// again after each that can't be taken back. Whoever comes after a crash knows from it what may have happened. One per video
/// and target.
/// </summary>
public sealed class PublishIntent
{
    public long Id { get; set; }

    public long VideoId { get; set; }

    public TargetKind TargetKind { get; set; }

    /// <summary>The YouTube channel to which it goes.</summary>
    public required string Account { get; set; }

    /// <summary>Unlike that of any other intent, here and elsewhere. The published video carries it, see <see cref="Marker"/>.</summary>
    public required string Token { get; set; }

    /// <summary>Of the file that is uploaded, in lower case hexadecimal.</summary>
    public required string Sha256 { get; set; }

    public long SizeBytes { get; set; }

    /// <summary>Where the upload goes on, whatever happens here; whoever has it can write to it. Null before the first byte.</summary>
    public string? SessionUri { get; set; }

    /// <summary>
    /// Since when the session may have its last byte. As long as this is null, the session can't have become a video, and
    /// another one may be opened in its place.
    /// </summary>
    public DateTimeOffset? FinishingAt { get; set; }

    /// <summary>The target's id of the video, as soon as that is known.</summary>
    public string? RemoteId { get; set; }

    public DateTimeOffset? UploadedAt { get; set; }

    /// <summary>The lease token of the attempt that works on it: every write of that attempt must match it.</summary>
    public Guid Holder { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal PublishIntent Copy() => (PublishIntent)MemberwiseClone();

    /// <summary>The tag by which the video is found again when the answer to its upload was lost.</summary>
    public string Marker => MarkerPrefix + Token;

    private const string MarkerPrefix = "vp-";

    /// <summary>Whether a tag is the marker of a publication, here or elsewhere.</summary>
    public static bool IsMarker(string tag) =>
        tag.StartsWith(MarkerPrefix, StringComparison.Ordinal) && Guid.TryParseExact(tag.AsSpan(MarkerPrefix.Length), "N", out _);
}
