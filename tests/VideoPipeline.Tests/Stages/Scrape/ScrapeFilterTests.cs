using VideoPipeline.Catalog;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Stages.Scrape;

public sealed class ScrapeFilterTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(null, null, "Anything", true)]
    [TestCase("^talk", null, "Talk 12", true)]
    [TestCase("^talk", null, "A talk", false)]
    [TestCase(null, "draft", "My DRAFT", false)]
    [TestCase("talk", "draft", "Talk (draft)", false)]
    [TestCase("", "", "Anything", true)]
    public void Titles(string? include, string? exclude, string title, bool taken) =>
        Assert.That(new ScrapeFilter(new() { TitleInclude = include, TitleExclude = exclude }).Takes(title, Day), Is.EqualTo(taken));

    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void Dates(int days, bool taken) =>
        Assert.That(new ScrapeFilter(new() { PublishedAfter = Day }).Takes("a", Day.AddDays(days)), Is.EqualTo(taken));

    [Test]
    public void A_limited_run_takes_the_oldest()
    {
        var files = new[] { File("c", 3), File("b", 1), File("a", 2), File("a0", 1) };

        var taken = new ScrapeFilter(new() { MaxPerRun = 3 }).Limit(files).Select(file => file.ExternalId);

        Assert.That(taken, Is.EqualTo(new[] { "a0", "b", "a" }));
    }

    [Test]
    public void A_wrong_pattern_is_named() =>
        Assert.That(() => new ScrapeFilter(new() { TitleExclude = "(" }), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("titleExclude"));

    [Test]
    public void A_pattern_that_never_ends_is_stopped() => Assert.That(
        () => new ScrapeFilter(new() { TitleInclude = "^(a+)+$" }).Takes(new string('a', 60) + "!", Day),
        Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("too long"));

    private static SourceFile File(string id, int day) => new(id, "/" + id, 1, Day.AddDays(day));
}
