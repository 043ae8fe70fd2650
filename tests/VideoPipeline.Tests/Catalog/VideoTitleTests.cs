using VideoPipeline.Catalog;

namespace VideoPipeline.Tests.Catalog;

public sealed class VideoTitleTests
{
    [TestCase("A talk", "A talk")]
    [TestCase("  two\r\n lines\t", "two lines")]
    [TestCase("../../etc/passwd", "../../etc/passwd", Description = "a title is no path")]
    [TestCase("a\0b\u001b[31mc", "ab[31mc")]
    [TestCase("safe\u202Egpj.mp4", "safegpj.mp4")]
    [TestCase(" \n ", "untitled")]
    [TestCase(null, "untitled")]
    public void Titles_are_one_visible_line(string? title, string expected) => Assert.That(VideoTitle.InOneLine(title), Is.EqualTo(expected));

    [Test]
    public void Long_titles_are_cut_between_characters() =>
        Assert.That(VideoTitle.InOneLine("x" + string.Concat(Enumerable.Repeat("🎬", 1_000_000))), Has.Length.EqualTo(499));
}
