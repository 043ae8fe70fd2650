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
        Assert.That(Filter(new() { TitleInclude = include, TitleExclude = exclude }).Takes(Video(title)), Is.EqualTo(taken));

    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void Dates(int days, bool taken) =>
        Assert.That(Filter(new() { PublishedAfter = Day }).Takes(Video("a", days)), Is.EqualTo(taken));

    [Test]
    public void A_limited_run_takes_the_oldest()
    {
        var videos = new[] { Video("c", 3), Video("b", 1), Video("a", 2), Video("a0", 1) };

        var taken = Filter(new() { MaxPerRun = 3 }).Limit(videos).Select(video => video.ExternalId);

        Assert.That(taken, Is.EqualTo(new[] { "a0", "b", "a" }));
    }

    [Test]
    public void Videos_without_a_date_keep_the_sources_order_after_those_with_one()
    {
        var videos = new[] { Video("c", null), Video("b", null), Video("x", 1) };

        Assert.That(Filter(new()).Limit(videos).Select(video => video.ExternalId), Is.EqualTo(new[] { "x", "c", "b" }));
    }

    [TestCase(null, true)]
    [TestCase(59.0, false)]
    [TestCase(60.0, true)]
    [TestCase(121.0, false)]
    public void Durations_that_the_source_tells(double? seconds, bool taken) => Assert.That(
        Filter(new() { MinDuration = 60, MaxDuration = 120 }).Takes(Video("a") with { Duration = seconds }), Is.EqualTo(taken));

    [Test]
    public void A_date_that_the_source_does_not_tell_speaks_for_the_video() =>
        Assert.That(Filter(new() { PublishedAfter = Day }).Takes(Video("a", null)));

    [Test]
    public void A_wrong_pattern_is_named() =>
        Assert.That(() => Filter(new() { TitleExclude = "(" }), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("titleExclude"));

    [Test]
    public void A_pattern_that_never_ends_is_stopped() => Assert.That(
        () => Filter(new() { TitleInclude = "^(a+)+$" }).Takes(Video(new string('a', 60) + "!")),
        Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("titleInclude, ^(a+)+$, takes too long"));

    [Test]
    public void Patterns_that_are_slow_on_very_many_titles_are_stopped()
    {
        var filter = new ScrapeFilter(new() { TitleExclude = "^b" }, new SlowTime());

        Assert.That(Enumerable.Range(0, 150).Select(_ => filter.Takes(Video("a"))), Is.All.True);
        Assert.That(() => filter.Takes(Video("a")), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("titleExclude, ^b, takes too long"));
    }

    private static ScrapeFilter Filter(ScrapeFilters filters) => new(filters, TimeProvider.System);

    private static SourceVideo Video(string title, int? day = 0) =>
        new() { ExternalId = title, Url = "/" + title, Title = title, PublishedAt = day is null ? null : Day.AddDays(day.Value) };

    /// <summary>Between two looks a fifth of a second passes.</summary>
    private sealed class SlowTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += TimeSpan.TicksPerSecond / 5;
    }
}
