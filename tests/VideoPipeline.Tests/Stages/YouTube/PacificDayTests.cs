using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Tests.Stages.YouTube;

public sealed class PacificDayTests
{
    [TestCase("2026-01-15T12:00:00Z", "2026-01-15", "2026-01-16T08:00:00Z", TestName = "In winter midnight is at 8:00 UTC")]
    [TestCase("2026-07-15T12:00:00Z", "2026-07-15", "2026-07-16T07:00:00Z", TestName = "In summer midnight is at 7:00 UTC")]
    [TestCase("2026-01-15T07:59:59Z", "2026-01-14", "2026-01-15T08:00:00Z", TestName = "The last second of a day")]
    [TestCase("2026-01-15T08:00:00Z", "2026-01-15", "2026-01-16T08:00:00Z", TestName = "The first second of a day")]
    [TestCase("2026-03-08T08:00:00Z", "2026-03-08", "2026-03-09T07:00:00Z", TestName = "The day on which summer begins has 23 hours")]
    [TestCase("2026-11-01T07:00:00Z", "2026-11-01", "2026-11-02T08:00:00Z", TestName = "The day on which summer ends has 25 hours")]
    public void Days(string time, string day, string end)
    {
        var at = DateTimeOffset.Parse(time);

        Assert.That(PacificDay.Of(at), Is.EqualTo(DateOnly.Parse(day)));
        Assert.That(PacificDay.EndOf(at), Is.EqualTo(DateTimeOffset.Parse(end)));
        Assert.That(PacificDay.Of(PacificDay.EndOf(at)), Is.EqualTo(DateOnly.Parse(day).AddDays(1)));
    }
}
