using System.Globalization;
using Spectre.Console;

namespace VideoPipeline.Cli.Display;

/// <summary>Texts from outside, such as titles: a terminal must not take them for commands, nor we for markup.</summary>
internal static class SafeText
{
    /// <summary>In one line, with spaces in the place of everything that a terminal may act on.</summary>
    public static string Printable(string? text) =>
        string.Create(text?.Length ?? 0, text ?? string.Empty, (printable, given) =>
        {
            for (var i = 0; i < given.Length; i++)
            {
                printable[i] = IsActive(given[i]) ? ' ' : given[i];
            }
        });

    /// <summary>The same, safe inside Spectre's markup, too.</summary>
    public static string InMarkup(string? text) => Markup.Escape(Printable(text));

    /// <summary>At most so many characters; a longer one ends in an ellipsis.</summary>
    public static string Shortened(string text, int length)
    {
        var elements = new StringInfo(text);
        return elements.LengthInTextElements <= length ? text : $"{elements.SubstringByTextElements(0, length - 1)}…";
    }

    // Besides control characters: line breaks of Unicode, and what turns the direction of the text around it.
    private static bool IsActive(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\u061c'
            or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
