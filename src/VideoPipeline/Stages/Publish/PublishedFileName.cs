using System.Globalization;
using System.Text;

namespace VideoPipeline.Stages.Publish;

/// <summary>What a published video's files are called. Titles come from anywhere: they are names at most, never paths.</summary>
public static class PublishedFileName
{
    // Most file systems take 255 bytes; the id, an extension and the mark of a temporary file need room beside it.
    private const int MaxTitleBytes = 180;

    /// <summary>
    /// <c>{title} [{videoId}]</c>, without an extension. The same title and id always give the same name, so that publishing
    /// again hits the same files; the id keeps videos of the same title apart.
    /// </summary>
    public static string Of(string title, long videoId)
    {
        var safe = Safe(title);
        return safe.Length == 0 ? $"video [{videoId}]" : $"{safe} [{videoId}]";
    }

    private static string Safe(string title)
    {
        var result = new StringBuilder(title.Length);
        var bytes = 0;

        // Lone surrogates, which no file name can have, come as U+FFFD.
        foreach (var rune in title.EnumerateRunes())
        {
            var next = Replacement(rune);
            if (next is null || (next == " " && (result.Length == 0 || result[^1] == ' ')))
            {
                continue;
            }

            // Cut between characters, never inside of one.
            bytes += Encoding.UTF8.GetByteCount(next);
            if (bytes > MaxTitleBytes)
            {
                break;
            }

            result.Append(next);
        }

        // Leading dots hide files, or lead upwards; Windows drops dots and spaces at the end.
        return result.ToString().TrimStart('.', ' ', '-').TrimEnd('.', ' ');
    }

    private static string? Replacement(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => " ",

        // Line breaks and tabs separate words; other control characters, and those that turn the direction of writing, hide things.
        UnicodeCategory.Control => Rune.IsWhiteSpace(rune) ? " " : null,
        UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate => null,
        _ => rune.Value switch
        {
            // Separators, and what Windows reserves.
            '/' or '\\' or '|' or ':' => "-",
            '*' or '?' or '<' or '>' => null,
            '"' => "'",
            _ => rune.ToString(),
        },
    };
}
