using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class RetentionOptionsTests
{
    [TestCase(JobStatus.Completed, 30)]
    [TestCase(JobStatus.Cancelled, 30)]
    [TestCase(JobStatus.Failed, 90)]
    public void Each_end_has_its_own_time(JobStatus ended, int days) =>
        Assert.That(new RetentionOptions().Of(ended), Is.EqualTo(TimeSpan.FromDays(days)));

    [Test]
    public void Zero_is_for_ever() => Assert.That(new RetentionOptions { Failed = TimeSpan.Zero }.Of(JobStatus.Failed), Is.Null);

    [Test]
    public void What_has_not_ended_has_none([Values(JobStatus.Queued, JobStatus.Processing, JobStatus.Retrying)] JobStatus status) =>
        Assert.That(() => new RetentionOptions().Of(status), Throws.TypeOf<ArgumentOutOfRangeException>());
}
