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
    /// The URL of the video to fetch: the largest that isn't larger than needed, else the smallest of those that are. Sound
    /// where there is no video and sound is of use. Null when none is either.
    /// </summary>
    public static string? Choose(IEnumerable<FeedMedia> offered, Uri address, int maxHeight, bool takesSound) => offered
        .Select(media => (Media: media, Url: SourceVideo.AddressOf(media.Url, address)))
        .Where(pair => pair.Url is not null && (pair.Media.IsVideo(pair.Url) || (takesSound && pair.Media.IsSound(pair.Url))))
        .OrderByDescending(pair => pair.Media.IsVideo(pair.Url!))
        .ThenBy(pair => pair.Media.Height > maxHeight)
        .ThenByDescending(pair => pair.Media.Height > maxHeight ? -pair.Media.Height : pair.Media.Height ?? 0)
        .ThenByDescending(pair => pair.Media.BitRate ?? 0)
        .Select(pair => pair.Url)
        .FirstOrDefault();

    private bool IsVideo(string url) => Is("video") ?? FolderSource.IsVideo(NameIn(url));

    private bool IsSound(string url) => Is("audio") ?? FolderSource.IsSound(NameIn(url));

    /// <summary>By its type; null where the type says nothing, so that its name has to.</summary>
    private bool? Is(string medium) => Type switch
    {
        null when Medium is not null => Medium == medium,
        null or "" or "application/octet-stream" or "binary/octet-stream" => null,
        _ => Type.StartsWith($"{medium}/", StringComparison.OrdinalIgnoreCase),
    };

    private static string NameIn(string url) => Path.GetFileName(new Uri(url).AbsolutePath);
}
