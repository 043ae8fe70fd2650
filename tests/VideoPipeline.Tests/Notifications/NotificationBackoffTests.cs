using VideoPipeline.Notifications;

namespace VideoPipeline.Tests.Notifications;

public sealed class NotificationBackoffTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    [TestCase(1, 5)]
    [TestCase(2, 20)]
    [TestCase(4, 320)]
    [TestCase(7, 4 * 3600)]
    [TestCase(1000, 4 * 3600)]
    public void Each_wait_is_four_times_the_one_before_up_to_four_hours(int attempts, int seconds) =>
        Assert.That(NotificationBackoff.Next(attempts, First, wanted: null, Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddSeconds(seconds)));

    [Test]
    public void The_last_attempt_is_at_the_end_of_the_time_and_none_after_it()
    {
        Assert.That(NotificationBackoff.Next(9, First, wanted: null, Noon.AddHours(1), Noon), Is.EqualTo(Noon.AddHours(1)));
        Assert.That(NotificationBackoff.Next(9, First, wanted: null, Noon, Noon), Is.Null);
    }

    [Test]
    public void A_receiver_that_wants_to_be_left_alone_is_within_reason()
    {
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromMinutes(2), Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddMinutes(2)));
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromDays(9), Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddHours(4)));
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromSeconds(-9), Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddSeconds(5)));
    }
}
