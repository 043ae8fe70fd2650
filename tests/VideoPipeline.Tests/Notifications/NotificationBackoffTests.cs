using VideoPipeline.Notifications;

namespace VideoPipeline.Tests.Notifications;

public sealed class NotificationBackoffTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LongAgo = Noon.AddDays(-1);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    [TestCase(1, 5)]
    [TestCase(2, 20)]
    [TestCase(4, 320)]
    [TestCase(7, 4 * 3600)]
    [TestCase(1000, 4 * 3600)]
    public void Each_wait_is_four_times_the_one_before_up_to_four_hours(int attempts, int seconds) =>
        Assert.That(NotificationBackoff.Next(attempts, First, wanted: null, LongAgo, Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddSeconds(seconds)));

    [Test]
    public void Asked_for_again_after_many_attempts_it_is_sent_as_often_as_a_new_one()
    {
        var now = Noon;
        foreach (var wait in new[] { 5, 20, 80, 320, 1280, 5120, 4 * 3600 })
        {
            var next = NotificationBackoff.Next(attempts: 12, First, wanted: null, begun: Noon, Noon.AddDays(1), now);
            Assert.That(next, Is.EqualTo(now.AddSeconds(wait)));
            now = next!.Value;
        }

        // The settings have allowed more time since, so that it seems to begin later.
        Assert.That(NotificationBackoff.Next(attempts: 12, First, wanted: null, begun: Noon.AddHours(1), Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddSeconds(5)));
    }

    [Test]
    public void The_last_attempt_is_at_the_end_of_the_time_and_none_after_it()
    {
        Assert.That(NotificationBackoff.Next(9, First, wanted: null, LongAgo, Noon.AddHours(1), Noon), Is.EqualTo(Noon.AddHours(1)));
        Assert.That(NotificationBackoff.Next(9, First, wanted: null, LongAgo, Noon, Noon), Is.Null);
    }

    [Test]
    public void A_receiver_that_wants_to_be_left_alone_is_within_reason()
    {
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromMinutes(2), LongAgo, Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddMinutes(2)));
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromDays(9), LongAgo, Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddHours(4)));
        Assert.That(NotificationBackoff.Next(1, First, TimeSpan.FromSeconds(-9), LongAgo, Noon.AddDays(1), Noon), Is.EqualTo(Noon.AddSeconds(5)));
    }
}
