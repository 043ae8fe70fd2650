using System.Text;
using FsCheck;
using FsCheck.Fluent;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.Publish.YouTube;

namespace VideoPipeline.Tests.Stages.Publish.YouTube;

public sealed class YouTubeTextTests
{
    [TestCase("{title}", "A talk", "A talk")]
    [TestCase("{title} - {channel}, {publishedAt}", "A talk", "A talk - Talks, 2026-01-31")]
    [TestCase("{title}", "1 < 2 > 0", "1  2  0")]
    [TestCase("{title}", "two\nlines", "two lines")]
    [TestCase("{title}", "{channel}", "{channel}")]
    [TestCase("{title}", "  ", "Video 7")]
    [TestCase("{title}", "日本語 🎬", "日本語 🎬")]
    public void Titles(string template, string title, string expected) =>
        Assert.That(YouTubeText.Title(template, Channel(), Video(title)), Is.EqualTo(expected));

    [Test]
    public void Long_titles_are_cut_between_characters() =>
        Assert.That(YouTubeText.Title("{title}", Channel(), Video(new string('a', 99) + "🎬b")), Is.EqualTo(new string('a', 99)));

    [TestCase("{title}", "A talk\n\nBy me")]
    [TestCase("{attribution} made it", "By me made it")]
    [TestCase("From {sourceUrl}", "From https://videos.example/a\n\nBy me")]
    public void The_attribution_travels_with_the_video(string template, string expected) =>
        Assert.That(YouTubeText.Description(template, Channel(), Video("A talk")), Is.EqualTo(expected));

    [Test]
    public void The_attribution_is_not_what_is_cut()
    {
        var description = YouTubeText.Description(new string('ä', 4_000), Channel(), Video("A talk"));

        Assert.That(Encoding.UTF8.GetByteCount(description), Is.InRange(4_998, 5_000));
        Assert.That(description, Does.EndWith("ä\n\nBy me"));
    }

    [Test]
    public void Paths_of_this_machine_stay_here() =>
        Assert.That(YouTubeText.Description("{sourceUrl}", Channel(), Video("A talk", "/srv/secret/a.mp4")), Is.EqualTo("By me"));

    [Test]
    public void Whatever_the_title_YouTube_takes_it() => Prop.ForAll<string?>(given =>
    {
        var title = YouTubeText.Title("{title}", Channel(), Video(given ?? ""));
        var description = YouTubeText.Description("{title}", Channel(), Video(given ?? ""));
        return title.Length is > 0 and <= 100 && title.IndexOfAny(['<', '>', '\n', '\0']) < 0 && title == title.Trim()
            && description.IndexOfAny(['<', '>', '\0']) < 0 && description.Contains("By me", StringComparison.Ordinal)
            && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(title)) == title;
    }).QuickCheckThrowOnFailure();

    [TestCase("{title}", null)]
    [TestCase("{title} {nonsense}", "nonsense")]
    [TestCase("{}", "")]
    [TestCase("{ title", null)]
    public void Unknown_placeholders(string template, string? unknown) => Assert.That(YouTubeText.UnknownPlaceholder(template), Is.EqualTo(unknown));

    // YouTube's own examples: "Foo-Baz" has 7 characters, "Foo Baz" 9.
    [TestCase(7, "Foo-Baz")]
    [TestCase(9, "Foo Baz")]
    [TestCase(17, "Foo-Baz", "Foo Baz")]
    [TestCase(0)]
    public void Tags_are_counted_as_YouTube_does(int length, params string[] tags) => Assert.That(YouTubeText.TagsLength(tags), Is.EqualTo(length));

    private static Channel Channel() => new() { Name = "Talks", SourceUrl = "/", Profile = "default", Attribution = "By me" };

    private static Video Video(string title, string url = "https://videos.example/a") => new()
    {
        Id = 7,
        ExternalId = "a",
        Url = url,
        Title = title,
        PublishedAt = new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero),
    };
}
