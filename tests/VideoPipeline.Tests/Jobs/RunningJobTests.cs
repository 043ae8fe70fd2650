using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class RunningJobTests
{
    [Test]
    public void One_that_has_ended_in_this_moment_can_still_be_told_to_stop()
    {
        var running = new RunningJob(new VideoProcessingJob(), _ => { });
        running.Dispose();

        Assert.That(() => running.Stop(StopReason.LeaseLost), Throws.Nothing);
    }

    [TestCase("00:00:03", "00:00:01")]
    [TestCase("00:00:15", "00:00:05")]
    [TestCase("01:00:00", "00:00:05")]
    public void However_long_a_lease_is_its_renewal_tells_of_a_cancel_within_five_seconds(string duration, string expected) =>
        Assert.That(new LeaseOptions { Duration = TimeSpan.Parse(duration) }.RenewalInterval, Is.EqualTo(TimeSpan.Parse(expected)));
}
