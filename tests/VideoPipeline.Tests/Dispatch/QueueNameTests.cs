using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Dispatch;

public sealed class QueueNameTests
{
    [TestCase(JobType.Download, 10, "download-00-p10")]
    [TestCase(JobType.Download, 0, "download-10-p0")]
    [TestCase(JobType.Publish, 5, "publish-05-p5")]
    public void Names_type_and_priority(JobType jobType, int priority, string expected)
    {
        Assert.That(QueueName.Of(jobType, priority), Is.EqualTo(expected));
        Assert.That(QueueName.TypeOf(expected), Is.EqualTo(jobType));
    }

    [Test]
    public void The_order_of_the_array_is_the_alphabetical_one_and_that_of_the_priorities()
    {
        var queues = QueueName.AllOf(JobType.Transform);

        Assert.That(queues, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(queues, Is.EqualTo(Enumerable.Range(0, 11).Select(below => QueueName.Of(JobType.Transform, 10 - below))));
    }

    [TestCase(QueueName.Schedule)]
    [TestCase("default")]
    [TestCase("other-00-p10")]
    public void Other_queues_have_no_type(string queue) => Assert.That(QueueName.TypeOf(queue), Is.Null);
}
