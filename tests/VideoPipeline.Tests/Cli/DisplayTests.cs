using Spectre.Console;
using Spectre.Console.Testing;
using VideoPipeline.Cli.Display;

namespace VideoPipeline.Tests.Cli;

public sealed class DisplayTests
{
    [TestCase("plain", "plain")]
    [TestCase("\u001b[31mred\u0007", " [31mred ")]
    [TestCase("two\nlines\r\tand\u0085more\u2028", "two lines  and more ")]
    [TestCase("\u202etxet\u2066 turned\u200f", " txet  turned ")]
    [TestCase("Ünïcödé 👩‍🎤 stays", "Ünïcödé 👩‍🎤 stays")]
    [TestCase(null, "")]
    public void A_terminal_takes_no_title_for_a_command(string? title, string printable) => Assert.That(SafeText.Printable(title), Is.EqualTo(printable));

    [Test]
    public void Titles_are_no_markup()
    {
        using var console = new TestConsole();

        console.Write(Tables.New("TITLE").Row("[red]\u001b]0;gone[/]"));
        console.MarkupLine(SafeText.InMarkup("[bold]\u001b"));

        Assert.That(console.Output, Does.Contain("[red] ]0;gone[/]").And.Contain("[bold] ").And.Not.Contain('\u001b'));
    }

    [TestCase("short", 5, "short")]
    [TestCase("longer", 5, "long…")]
    [TestCase("👩‍🎤👩‍🎤👩‍🎤", 2, "👩‍🎤…")]
    public void Long_titles_end_in_an_ellipsis(string title, int length, string shortened) => Assert.That(SafeText.Shortened(title, length), Is.EqualTo(shortened));

    [TestCase(null, "-")]
    [TestCase(0.4, "0:00")]
    [TestCase(65.2, "1:05")]
    [TestCase(3599.7, "1:00:00")]
    [TestCase(36007.0, "10:00:07")]
    [TestCase(-1.0, "0:00")]
    public void Lengths_of_videos(double? seconds, string shown) => Assert.That(Amounts.Clock(seconds), Is.EqualTo(shown));

    [TestCase(null, "-")]
    [TestCase(0.04, "0.0 s")]
    [TestCase(9.96, "10.0 s")]
    [TestCase(42.4, "42 s")]
    [TestCase(309.0, "5:09")]
    public void Durations(double? seconds, string shown) => Assert.That(Amounts.Duration(seconds), Is.EqualTo(shown));
}
