using System.Globalization;
using System.Text;

namespace VideoPipeline.Catalog;

/// <summary>Titles from anywhere, made fit to be listed: one line, no longer than is kept, nothing invisible.</summary>
public static class VideoTitle
{
    /// <summary>Runs of white space become one space; control characters, and those that turn the direction of writing, go.</summary>
    public static string InOneLine(string? title, string whenEmpty = "untitled")
    {
        var line = new StringBuilder();
        foreach (var rune in (title ?? "").EnumerateRunes())
        {
            var next = Rune.IsWhiteSpace(rune) ? new Rune(' ') : rune;
            if (next.Value == ' ' ? line.Length == 0 || line[^1] == ' ' : Rune.GetUnicodeCategory(next) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                continue;
            }

            if (line.Length + next.Utf16SequenceLength > VideoCatalog.MaxTitleLength)
            {
                break;
            }

            line.Append(next);
        }

        var result = line.ToString().TrimEnd();
        return result.Length == 0 ? whenEmpty : result;
    }
}
