using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class StatisticsHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void The_last_day_by_the_hour_is_what_is_asked_for_by_default()
    {
        var (from, to, bucket) = StatisticsHistory.RangeOf(new(), Noon.AddMinutes(20));

        Assert.That((from, to, bucket), Is.EqualTo((Noon.AddHours(-24), Noon.AddHours(1), HistoryBucket.Hour)));
    }

    [Test]
    public void Buckets_are_whole_ones_in_UTC_whatever_offset_the_times_have()
    {
        var from = new DateTimeOffset(2026, 1, 31, 0, 30, 0, TimeSpan.FromHours(2));

        var (start, end, _) = StatisticsHistory.RangeOf(new(From: from, To: Noon, Bucket: HistoryBucket.Day), Noon);

        Assert.That((start, end), Is.EqualTo((new DateTimeOffset(2026, 1, 30, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero))));
    }

    [TestCase(0, "from")]
    [TestCase(60, "from")]
    [TestCase(-2001 * 60, "from")]
    public void A_range_that_is_empty_or_too_long_is_refused(int fromMinutes, string field)
    {
        var request = new HistoryRequest(From: Noon.AddHours(fromMinutes / 60.0), To: Noon);

        Assert.That(
            Assert.Throws<InvalidRequestException>(() => StatisticsHistory.RangeOf(request, Noon))!.Errors.Keys, Is.EqualTo(new[] { field }));
    }

    [Test]
    public void The_end_of_time_is_refused()
    {
        foreach (var to in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
        {
            Assert.That(
                Assert.Throws<InvalidRequestException>(() => StatisticsHistory.RangeOf(new(To: to), Noon))!.Errors.Keys, Is.EqualTo(new[] { "to" }));
        }

        Assert.That(
            Assert.Throws<InvalidRequestException>(() => StatisticsHistory.RangeOf(new(From: DateTimeOffset.MinValue), Noon))!.Errors.Keys,
            Is.EqualTo(new[] { "from" }));
    }

    [Test]
    public void Every_bucket_is_there_with_what_ended_in_it()
    {
        EndedJob[] completed = [.. Enumerable.Range(1, 100).Reverse().Select(n => new EndedJob(Noon.AddMinutes(-90 + (n / 10.0)), n, n / 10.0))];

        var history = StatisticsHistory.Of(
            Noon.AddHours(-3), Noon.AddHours(1), HistoryBucket.Hour, completed, [new(Noon.AddMinutes(-61), 1, 1)], most: 1000, Noon.AddMinutes(30));

        Assert.That(history.Items.Select(item => (item.Completed, item.Failed)), Is.EqualTo(new[] { (0, 0), (100, 1), (0, 0), (0, 0) }));
        var item = history.Items[1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(item.Start, Is.EqualTo(Noon.AddHours(-2)));
            Assert.That(item.SuccessRate, Is.EqualTo(100.0 * 100 / 101));
            Assert.That((item.P50ProcessingTime, item.P95ProcessingTime, item.P50WaitTime, item.P95WaitTime), Is.EqualTo((50, 95, 5, 9.5)));
            Assert.That(item.Throughput, Is.EqualTo(100));
            Assert.That(history.Items[0] with { Start = default }, Is.EqualTo(new HistoryItem(default, 0, 0, null, 0, null, null, null, null)));
            Assert.That(history.CompleteSince, Is.EqualTo(history.From));
        }
    }

    [Test]
    public void The_throughput_of_the_present_hour_counts_what_has_passed_of_it()
    {
        var history = StatisticsHistory.Of(
            Noon, Noon.AddHours(1), HistoryBucket.Hour, [new(Noon.AddMinutes(5), 1, 1)], [], most: 1000, now: Noon.AddMinutes(15));

        Assert.That(history.Items.Single().Throughput, Is.EqualTo(4));
    }

    [Test]
    public void Where_more_ended_than_is_looked_at_it_says_from_when_on_it_is_complete()
    {
        EndedJob[] completed = [new(Noon.AddMinutes(-10), 1, 1), new(Noon.AddMinutes(-70), 1, 1)];

        var history = StatisticsHistory.Of(Noon.AddHours(-3), Noon, HistoryBucket.Hour, completed, [], most: 2, Noon);

        Assert.That(history.CompleteSince, Is.EqualTo(Noon.AddHours(-1)));
    }
}
