using System.Text;
using System.Text.RegularExpressions;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Publish.YouTube;

/// <summary>Titles, descriptions and tags as YouTube takes them.</summary>
/// <seealso href="https://developers.google.com/youtube/v3/docs/videos#snippet.title"/>
internal static partial class YouTubeText
{
    public const int MaxTitleLength = 100;
    public const int MaxDescriptionBytes = 5_000;
    public const int MaxTagsLength = 500;

    /// <summary>What may stand in braces in a template.</summary>
    public static readonly IReadOnlyList<string> Placeholders = ["title", "attribution", "channel", "sourceUrl", "publishedAt"];

    /// <summary>The first placeholder of the template that doesn't exist; null when all do.</summary>
    public static string? UnknownPlaceholder(string template) =>
        Placeholder().Matches(template).Select(match => match.Groups["name"].Value).FirstOrDefault(name => !Placeholders.Contains(name));

    /// <summary>At most 100 characters, never empty, without what YouTube refuses.</summary>
    public static string Title(string template, Channel channel, Video video)
    {
        var title = Clean(Fill(template, channel, video)).ReplaceLineEndings(" ").Trim();
        return title.Length == 0 ? $"Video {video.Id}" : Cut(title, MaxTitleLength, character => character.Utf16SequenceLength);
    }

    /// <summary>
    /// At most 5,000 bytes. The creator's name travels with the video: a template without it gets it at its end, and it is the
    /// rest that is cut when there is no room.
    /// </summary>
    public static string Description(string template, Channel channel, Video video)
    {
        var description = Clean(Fill(template, channel, video)).Trim();
        var attribution = Clean(channel.Attribution ?? string.Empty).Trim();
        var fits = Cut(description, MaxDescriptionBytes, character => character.Utf8SequenceLength);
        if (attribution.Length == 0 || fits.Contains(attribution, StringComparison.Ordinal))
        {
            return fits;
        }

        var end = $"\n\n{attribution}";
        return (Cut(description, MaxDescriptionBytes - Encoding.UTF8.GetByteCount(end), character => character.Utf8SequenceLength) + end).Trim();
    }

    /// <summary>How long YouTube takes these tags to be: commas between them count, and quotes around those with a space.</summary>
    public static int TagsLength(IEnumerable<string> tags) => Math.Max(0, tags.Sum(tag => tag.Length + (tag.Contains(' ') ? 2 : 0) + 1) - 1);

    private static string Fill(string template, Channel channel, Video video) => Placeholder().Replace(template, match => match.Groups["name"].Value switch
    {
        "title" => video.Title,
        "attribution" => channel.Attribution ?? string.Empty,
        "channel" => channel.Name,

        // Paths of this machine are nobody's business.
        "sourceUrl" => Path.IsPathFullyQualified(video.Url) ? string.Empty : video.Url,
        "publishedAt" => video.PublishedAt?.ToString("yyyy-MM-dd") ?? string.Empty,
        _ => match.Value,
    });

    /// <summary>YouTube refuses angle brackets; control characters but line ends and tabs are nobody's intention.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is not ('<' or '>') && (!Rune.IsControl(rune) || rune.Value is '\n' or '\r' or '\t'))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    /// <summary>Between characters, never inside of one.</summary>
    private static string Cut(string text, int most, Func<Rune, int> size)
    {
        var length = 0;
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += size(rune);
            if (length > most)
            {
                return text[..end].TrimEnd();
            }

            end += rune.Utf16SequenceLength;
        }

        return text;
    }

    [GeneratedRegex("\\{(?<name>[^{}]*)\\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
