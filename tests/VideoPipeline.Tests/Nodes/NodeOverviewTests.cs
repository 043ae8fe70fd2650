using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Tests.Nodes;

public sealed class NodeOverviewTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase(0, true)]
    [TestCase(14.9, true)]
    [TestCase(15, false)]
    [TestCase(86_000, false)]
    [TestCase(-2, true, Description = "a clock that is ahead")]
    public void A_node_is_alive_while_it_was_heard_of_lately(double secondsAgo, bool alive)
    {
        var node = NewNode("a:1", startedMinutesAgo: 2000, seenSecondsAgo: secondsAgo);

        Assert.That(NodeOverview.Of([node], [], Now).Single().IsAlive, Is.EqualTo(alive));
        Assert.That(new[] { node }.AsQueryable().Alive(Now).Any(), Is.EqualTo(alive));
    }

    [Test]
    public void Jobs_belong_to_the_node_of_their_worker()
    {
        var one = NewNode("a:1", startedMinutesAgo: 10);
        var other = NewNode("a:12", startedMinutesAgo: 10);

        var overview = NodeOverview.Of(
            [other, one], [NewJob(1, "a:12/publish", 5), NewJob(2, "a:1/publish", 5), NewJob(3, "a:1/api", 4), NewJob(4, "gone:7/scrape", 1)], Now);

        Assert.That(overview.Select(node => node.Node), Is.EqualTo(new[] { one, other }));
        Assert.That(overview.Select(node => node.Jobs.Select(job => job.Id)), Is.EqualTo(new[] { new long[] { 2, 3 }, [1] }));
    }

    [Test]
    public void A_name_that_was_used_again_has_the_jobs_of_its_own_time()
    {
        var dead = NewNode("encoder", startedMinutesAgo: 60, seenSecondsAgo: 40);
        var alive = NewNode("encoder", startedMinutesAgo: 0.5);

        var overview = NodeOverview.Of(
            [alive, dead], [NewJob(1, "encoder/transform", minutesAgo: 90), NewJob(2, "encoder/transform", minutesAgo: 20), NewJob(3, "encoder/transform", minutesAgo: 0.1)], Now);

        Assert.That(overview.Select(node => node.Jobs.Select(job => job.Id)), Is.EqualTo(new[] { new long[] { 3 }, [2] }), "job 1 is of a node that is forgotten");
    }

    [Test]
    public void Those_that_are_alive_come_first_by_name_and_then_the_lost_ones_the_latest_in_front()
    {
        Node[] nodes =
        [
            NewNode("lost-1", startedMinutesAgo: 90, seenSecondsAgo: 3000), NewNode("b", startedMinutesAgo: 90, seenSecondsAgo: 1),
            NewNode("lost-2", startedMinutesAgo: 90, seenSecondsAgo: 20), NewNode("a", startedMinutesAgo: 90, seenSecondsAgo: 4),
        ];

        Assert.That(NodeOverview.Of(nodes, [], Now).Select(overview => overview.Node.Name), Is.EqualTo(new[] { "a", "b", "lost-2", "lost-1" }));
    }

    [Test]
    public void A_worker_without_a_node_belongs_to_none() =>
        Assert.That(NodeOverview.Of([NewNode("a:1", 10)], [NewJob(1, "dead", 1), NewJob(2, "", 1)], Now).Single().Jobs, Is.Empty);

    private static Node NewNode(string name, double startedMinutesAgo, double seenSecondsAgo = 1) => new()
    {
        Id = Guid.NewGuid(),
        Name = name,
        Version = "1",
        StartedAt = Now.AddMinutes(-startedMinutesAgo),
        SeenAt = Now.AddSeconds(-seenSecondsAgo),
    };

    private static NodeJob NewJob(long id, string worker, double minutesAgo) =>
        new(id, JobType.Publish, VideoId: id, ChannelId: 1, Progress: null, Now.AddMinutes(-minutesAgo), worker);
}
