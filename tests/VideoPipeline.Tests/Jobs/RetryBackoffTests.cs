using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class RetryBackoffTests
{
    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(3, 4)]
    [TestCase(12, 2048)]
    [TestCase(13, 3600, Description = "the cap")]
    [TestCase(1000, 3600)]
    public void Doubles_from_a_second_up_to_an_hour(int failures, double seconds) =>
        Assert.That(RetryBackoff.Delay(failures, new RetryOptions(), random: 0.9).TotalSeconds, Is.EqualTo(seconds));

    [TestCase(0.0, 4)]
    [TestCase(0.5, 5)]
    [TestCase(0.999, 5.998)]
    public void Jitter_only_lengthens(double random, double seconds) =>
        Assert.That(RetryBackoff.Delay(3, new RetryOptions { Jitter = 0.5 }, random).TotalSeconds, Is.EqualTo(seconds).Within(0.001));

    [Test]
    public void There_is_no_delay_before_the_first_failure() =>
        Assert.That(() => RetryBackoff.Delay(0, new RetryOptions(), 0), Throws.TypeOf<ArgumentOutOfRangeException>());
}
