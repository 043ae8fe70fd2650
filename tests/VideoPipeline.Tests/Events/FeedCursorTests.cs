using VideoPipeline.Events;

namespace VideoPipeline.Tests.Events;

public sealed class FeedCursorTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void It_is_read_as_it_was_written()
    {
        var cursor = new FeedCursor(Now.AddMicroseconds(-123_457));

        Assert.That(FeedCursor.Parse(cursor.ToString(), Now), Is.EqualTo(cursor));
    }

    [TestCase("")]
    [TestCase("yesterday")]
    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("99999999999999999999999999")]
    [TestCase("9223372036854775807")]
    public void What_is_none_is_refused(string text) => Assert.That(FeedCursor.Parse(text, Now), Is.Null);

    [TestCase(-3601, false)]
    [TestCase(-3599, true)]
    [TestCase(29, true, Description = "of a node whose clock is ahead")]
    [TestCase(31, false)]
    public void It_must_be_of_the_last_hour(int seconds, bool isGood) =>
        Assert.That(FeedCursor.Parse(new FeedCursor(Now.AddSeconds(seconds)).ToString(), Now) is not null, Is.EqualTo(isGood));
}
