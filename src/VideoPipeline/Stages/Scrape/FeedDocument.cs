using System.Globalization;
using System.ServiceModel.Syndication;
using System.Xml;
using System.Xml.Linq;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <summary>
/// Reads RSS and Atom feeds with enclosures or Media RSS, and YouTube's feeds of channels. The entries are read one by one
/// with Microsoft's library for feeds: one that is broken costs itself, not the feed, and the reader below it is ours, with
/// its limits.
/// </summary>
internal static class FeedDocument
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    // Feeds have about ten levels. What reads trees calls itself for each, and the stack has an end.
    private const int MaxDepth = 100;

    private static readonly XNamespace Media = "http://search.yahoo.com/mrss/";
    private static readonly XNamespace YouTube = "http://www.youtube.com/xml/schemas/2015";
    private static readonly XNamespace ITunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";

    private static readonly XmlReaderSettings Settings = new()
    {
        // No document type: no entities that grow, none that name files or addresses.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        IgnoreProcessingInstructions = true,

        // A control character in a description must not cost the feed.
        CheckCharacters = false,
    };

    /// <param name="content">The feed, no longer than memory allows: its reader sees to that.</param>
    /// <param name="address">Where it came from, for relative URLs in it.</param>
    /// <param name="maxHeight">Of several renditions of a video, the largest of up to so many lines is taken.</param>
    /// <param name="takesSound">Whether an entry that has sound alone is of use.</param>
    /// <returns>The last entry first: feeds have the newest first. Entries without anything of use are left out.</returns>
    /// <exception cref="PermanentFailureException">It is no feed.</exception>
    public static IReadOnlyList<SourceVideo> Parse(Stream content, Uri address, int maxHeight, bool takesSound)
    {
        var found = new List<SourceVideo>();
        try
        {
            using var reader = new ShallowXmlReader(XmlReader.Create(content, Settings), MaxDepth);
            reader.MoveToContent();
            if (reader.LocalName is not ("rss" or "feed" or "RDF"))
            {
                throw new PermanentFailureException($"{address} is no RSS or Atom feed: it begins with <{reader.LocalName}>.");
            }

            while (!reader.EOF)
            {
                if (reader.NodeType == XmlNodeType.Element && IsEntry(reader))
                {
                    // Leaves the reader behind the element.
                    if (Read((XElement)XNode.ReadFrom(reader), address, maxHeight, takesSound) is { } video)
                    {
                        found.Add(video);
                    }
                }
                else
                {
                    reader.Read();
                }
            }
        }
        catch (XmlException exception)
        {
            throw new PermanentFailureException($"The feed {address} can't be read: {exception.Message}", exception);
        }

        found.Reverse();
        return found;
    }

    private static bool IsEntry(XmlReader reader) => reader.NamespaceURI == Atom
        ? reader.LocalName == "entry" && reader.Depth == 1
        : reader.LocalName == "item" && reader.Depth is 1 or 2;

    /// <summary>Null when the entry has nothing of use, or is broken.</summary>
    private static SourceVideo? Read(XElement element, Uri address, int maxHeight, bool takesSound)
    {
        Mend(element);
        SyndicationItem item;
        try
        {
            using var reader = element.CreateReader();
            item = SyndicationItem.Load(reader);
        }
        catch (Exception exception) when (exception is XmlException or FormatException or NotSupportedException)
        {
            return null;
        }

        var media = element.Descendants(Media + "content").ToList();
        var videoId = element.Element(YouTube + "videoId")?.Value;
        var url = videoId is { Length: > 0 }
            ? "https://www.youtube.com/watch?v=" + Uri.EscapeDataString(videoId)
            : FeedMedia.Choose([.. Enclosures(item), .. media.Select(FeedMedia.Of)], address, maxHeight, takesSound);
        if (url is null)
        {
            return null;
        }

        return new()
        {
            ExternalId = SourceVideo.IdOf(videoId is null && item.Id is { Length: > 0 } id ? id.Trim() : url),
            Url = url,
            Title = VideoTitle.InOneLine(item.Title?.Text, whenEmpty: VideoTitle.InOneLine(element.Descendants(Media + "title").FirstOrDefault()?.Value)),
            PublishedAt = PublishedAt(item),
            Duration = Seconds(media.FirstOrDefault(content => content.Attribute("duration") is not null)?.Attribute("duration")?.Value)
                ?? Seconds(element.Element(ITunes + "duration")?.Value),
        };
    }

    private static IEnumerable<FeedMedia> Enclosures(SyndicationItem item) => item.Links
        .Where(link => link.RelationshipType == "enclosure")
        .Select(link => new FeedMedia(link.Uri?.OriginalString, link.MediaType, Medium: null, Height: null, BitRate: null));

    /// <summary>
    /// The library gives an entry up for text between its elements, and for a length that is no number ("1.5 MB"). Nobody
    /// needs either.
    /// </summary>
    private static void Mend(XElement entry)
    {
        entry.Nodes().OfType<XText>().Remove();
        foreach (var length in entry.Elements().Attributes("length").Where(length => !long.TryParse(length.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)).ToList())
        {
            length.Remove();
        }
    }

    private static DateTimeOffset? PublishedAt(SyndicationItem item) =>
        Date(() => item.PublishDate) ?? Date(() => item.LastUpdatedTime);

    private static DateTimeOffset? Date(Func<DateTimeOffset> read)
    {
        try
        {
            // The library says "none" with the first instant of all.
            return read() is var date && date > DateTimeOffset.MinValue.AddDays(1) ? date.ToUniversalTime() : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>Seconds, or hours, minutes and seconds: <c>754</c>, <c>12:34</c>, <c>1:02:03</c>.</summary>
    private static double? Seconds(string? duration)
    {
        var parts = duration?.Trim().Split(':') ?? [];
        var seconds = 0.0;
        foreach (var part in parts)
        {
            if (parts.Length > 3 || !double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            seconds = (seconds * 60) + number;
        }

        return seconds is > 0 and < 1e9 ? seconds : null;
    }
}
