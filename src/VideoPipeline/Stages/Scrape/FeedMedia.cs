using System.Globalization;
using System.Xml.Linq;

namespace VideoPipeline.Stages.Scrape;

/// <summary>A file that a feed's entry offers. All of it is the feed's word.</summary>
/// <param name="Medium">Media RSS: <c>video</c>, <c>audio</c>, <c>image</c>, ...; https://www.rssboard.org/media-rss#media-content</param>
/// <param name="Height">In pixels.</param>
/// <param name="BitRate">In kilobits per second.</param>
internal sealed record FeedMedia(string? Url, string? Type, string? Medium, int? Height, double? BitRate)
{
    public static FeedMedia Of(XElement content) => new(
        content.Attribute("url")?.Value,
        content.Attribute("type")?.Value,
        content.Attribute("medium")?.Value,
        int.TryParse(content.Attribute("height")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var height) ? height : null,
        double.TryParse(content.Attribute("bitrate")?.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var bitRate) ? bitRate : null);

    /// <summary>
    /// The URL of the video to fetch: the largest that isn't larger than needed, else the smallest of those that are. Null
    /// when none is a video.
    /// </summary>
    public static string? Choose(IEnumerable<FeedMedia> offered, Uri address, int maxHeight) => offered
        .Select(media => (Media: media, Url: SourceVideo.AddressOf(media.Url, address)))
        .Where(pair => pair.Url is not null && pair.Media.IsVideo(pair.Url))
        .OrderBy(pair => pair.Media.Height > maxHeight)
        .ThenByDescending(pair => pair.Media.Height > maxHeight ? -pair.Media.Height : pair.Media.Height ?? 0)
        .ThenByDescending(pair => pair.Media.BitRate ?? 0)
        .Select(pair => pair.Url)
        .FirstOrDefault();

    /// <summary>By its type; by its name where the type says nothing.</summary>
    private bool IsVideo(string url)
    {
        if (Medium is not null && Type is null)
        {
            return Medium == "video";
        }

        if (Type is not null && Type.StartsWith("video/", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return Type is null or "" or "application/octet-stream" or "binary/octet-stream"
            && FolderSource.IsVideo(Path.GetFileName(new Uri(url).AbsolutePath));
    }
}
