using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Dispatch;

public sealed class MirrorWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_new_row_enters_at_its_end()
    {
        var window = new MirrorWindow(10);
        window.Enter([Job(1), Job(2)]);

        var changes = window.Enter([Job(3)]);

        Assert.That(changes.Remove, Is.Empty);
        Assert.That(changes.Add.Select(job => job.Id), Is.EqualTo(new[] { 3L }));
    }

    [Test]
    public void A_row_that_enters_in_the_middle_of_its_priority_has_those_behind_it_put_in_again()
    {
        var window = new MirrorWindow(10);
        window.Enter([Job(1), Job(2), Job(3), Job(9, priority: 1)]);
        window.Leave(1);

        var changes = window.Enter([Job(1)]);

        Assert.That(changes.Add.Select(job => job.Id), Is.EqualTo(new long[] { 1, 2, 3 }));
        Assert.That(changes.Remove, Is.EquivalentTo(new long[] { 2, 3 }));
    }

    [Test]
    public void Twenty_thousand_rows_at_once_leave_the_first_ones_only()
    {
        var window = new MirrorWindow(100);

        var changes = window.Enter(Enumerable.Range(1, 20_000).Select(id => Job(id)));

        Assert.That(changes.Add.Select(job => job.Id), Is.EqualTo(Enumerable.Range(1, 100).Select(id => (long)id)));
        Assert.That(changes.Remove, Is.Empty);
        Assert.That(window.HasMore, Is.True);
    }

    [Test]
    public void A_row_behind_the_end_waits_as_a_row_and_one_before_it_enters()
    {
        var window = new MirrorWindow(2);
        window.Enter(Enumerable.Range(1, 10).Select(id => Job(id)));

        Assert.That(window.Enter([Job(11)]).Add, Is.Empty);
        Assert.That(window.Enter([Job(12, priority: 9)]).Add.Select(job => job.Id), Is.EqualTo(new[] { 12L }));
    }

    [Test]
    public void Half_consumed_it_wants_to_be_refilled()
    {
        var window = new MirrorWindow(4);
        window.Enter(Enumerable.Range(1, 20).Select(id => Job(id)));
        Assert.That(window.NeedsRefill, Is.False);
        window.Leave(1);
        window.Leave(2);

        Assert.That(window.NeedsRefill, Is.True);
        var changes = window.Refill([Job(3), Job(4), Job(5), Job(6)], more: true);
        Assert.That(changes.Add.Select(job => job.Id), Is.EqualTo(new[] { 5L, 6L }));
        Assert.That(changes.Remove, Is.Empty);
    }

    [Test]
    public void A_refill_drops_what_waits_no_more()
    {
        var window = new MirrorWindow(4);
        window.Enter([Job(1), Job(2)]);

        var changes = window.Refill([Job(2)], more: false);

        Assert.That(changes.Remove, Is.EqualTo(new[] { 1L }));
        Assert.That(window.Count, Is.EqualTo(1));
    }

    /// <summary>
    /// Whatever happens, Hangfire's queues (which only append) hold the first waiting rows in order, and nothing that a row
    /// without a background job goes before.
    /// </summary>
    [FsCheck.NUnit.Property(MaxTest = 300, QuietOnSuccess = true)]
    public void The_queues_always_hold_the_first_rows_in_order(byte[] steps, byte size)
    {
        var window = new MirrorWindow((size % 8) + 1);
        var waiting = new SortedSet<WaitingJob>();
        var queues = new SortedDictionary<int, List<long>>(Comparer<int>.Create((one, other) => other.CompareTo(one)));
        var left = new List<WaitingJob>();
        var id = 0;
        foreach (var step in steps ?? [])
        {
            switch (step % 4)
            {
                case 0 or 1:
                    var added = Enumerable.Range(0, (step / 4 % 5) + 1).Select(_ => Job(++id, step % 3)).ToList();
                    waiting.UnionWith(added);
                    Apply(window.Enter(added));
                    break;
                case 2 when left.Count > 0:
                    // Rescued or given back: at its old place.
                    var back = left[step % left.Count];
                    left.Remove(back);
                    waiting.Add(back);
                    Apply(window.Enter([back]));
                    break;
                case 3 when queues.SelectMany(queue => queue.Value).Any():
                    // A worker takes the first one.
                    var first = queues.First(queue => queue.Value.Count > 0);
                    var taken = waiting.First(job => job.Id == first.Value[0]);
                    Assert.That(taken, Is.EqualTo(waiting.Min), "the worker got the job that goes first");
                    first.Value.RemoveAt(0);
                    waiting.Remove(taken);
                    left.Add(taken);
                    window.Leave(taken.Id);
                    break;
            }

            if (window.NeedsRefill)
            {
                var head = waiting.Take((size % 8) + 1).ToList();
                Apply(window.Refill(head, waiting.Count > head.Count));
            }

            var mirrored = queues.SelectMany(queue => queue.Value).ToList();
            Assert.That(mirrored, Is.EqualTo(waiting.Take(mirrored.Count).Select(job => job.Id)));
            Assert.That(mirrored.Count > 0 || waiting.Count == 0, "something is mirrored when something waits");
        }

        void Apply(MirrorChanges changes)
        {
            // As the mirror does: successors first. An old entry is the first one of its job in the queue.
            var removed = changes.Remove.ToHashSet();
            foreach (var job in changes.Add)
            {
                queues.TryAdd(job.Priority, []);
                queues[job.Priority].Add(job.Id);
            }

            foreach (var queue in queues.Values)
            {
                foreach (var gone in removed)
                {
                    queue.Remove(gone);
                }
            }
        }
    }

    private static WaitingJob Job(long id, int priority = 5) => new(id, JobType.Publish, priority, Start.AddSeconds(id), ChannelId: 1, VideoId: id);
}
