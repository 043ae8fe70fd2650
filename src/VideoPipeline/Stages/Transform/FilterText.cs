using System.Text;

namespace VideoPipeline.Stages.Transform;

/// <summary>Text as a value in ffmpeg's filter graphs: https://ffmpeg.org/ffmpeg-filters.html#Notes-on-filtergraph-escaping.</summary>
internal static class FilterText
{
    /// <summary>Escaped twice, as the value of an option and as a part of the graph.</summary>
    public static string Escape(string text) => Escape(Escape(text, @"\':"), @"\'[],;");

    private static string Escape(string text, string special)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (special.Contains(character, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
