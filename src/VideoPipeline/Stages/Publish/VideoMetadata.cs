using System.Text.Encodings.Web;
using System.Text.Json;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Publish;

/// <summary>What travels with a published video, as JSON beside it.</summary>
/// <param name="SourceUrl">Null for files of this machine, whose paths are nobody's business.</param>
/// <param name="PublishedAt">At its source.</param>
/// <param name="Sha256">Of the published file.</param>
public sealed record VideoMetadata(
    string Title,
    string Channel,
    ChannelRights? Rights,
    string? Attribution,
    string? SourceUrl,
    string ExternalId,
    DateTimeOffset? PublishedAt,
    double? DurationSeconds,
    int Width,
    int Height,
    long SizeBytes,
    string Sha256)
{
    // Titles stay readable; the file is no part of a web page.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static VideoMetadata Of(Channel channel, Video video, MediaInfo output, FileDigest digest) => new(
        video.Title,
        channel.Name,
        channel.Rights,
        channel.Attribution,
        Path.IsPathFullyQualified(video.Url) ? null : video.Url,
        video.ExternalId,
        video.PublishedAt,
        output.Duration?.TotalSeconds,
        output.Video?.Width ?? 0,
        output.Video?.Height ?? 0,
        digest.SizeBytes,
        digest.Sha256);

    /// <summary>The same metadata always give the same bytes, so that publishing again changes nothing.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}
