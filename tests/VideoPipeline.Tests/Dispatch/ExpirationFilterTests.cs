using VideoPipeline.Dispatch;

namespace VideoPipeline.Tests.Dispatch;

public sealed class ExpirationFilterTests
{
    [TestCase(0, 3600)]
    [TestCase(1, 3600)]
    [TestCase(100, 3000)]
    [TestCase(5_000, 60)]
    [TestCase(1_000_000, 10)]
    public void The_more_finish_the_sooner_they_go(int perMinute, double seconds) =>
        Assert.That(ExpirationFilter.Retention(perMinute).TotalSeconds, Is.EqualTo(seconds));
}
