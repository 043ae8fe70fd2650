using FsCheck;
using FsCheck.Fluent;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Dispatch;

public sealed class MirrorPlanTests
{
    [Test]
    public void What_has_its_background_job_in_order_is_left_alone() =>
        Assert.That(Plan([Entry(1, "10"), Entry(2, "11"), Entry(3, "15")]), Is.Empty);

    [Test]
    public void What_has_none_at_the_end_gets_one() =>
        Assert.That(Plan([Entry(1, "10"), Entry(2), Entry(3)]), Is.EqualTo(new[] { "2 new", "3 new" }));

    [Test]
    public void Behind_a_new_one_all_of_the_same_priority_are_made_anew() =>
        Assert.That(
            Plan([Entry(1, "10"), Entry(2), Entry(3, "11"), Entry(4, "12"), Entry(5, "5", priority: 3)]),
            Is.EqualTo(new[] { "2 new", "3 new for 11", "4 new for 12" }));

    [Test]
    public void One_that_was_at_this_place_before_goes_there_again() =>
        Assert.That(Plan([Entry(1, "10"), Entry(2, latest: "11"), Entry(3, "12")]), Is.EqualTo(new[] { "2 again 11" }));

    [TestCase("9")]
    [TestCase("13")]
    public void One_that_would_be_at_another_place_does_not(string latest) =>
        Assert.That(Plan([Entry(1, "10"), Entry(2, latest: latest), Entry(3, "12")]), Is.EqualTo(new[] { "2 new", "3 new for 12" }));

    [Test]
    public void Where_a_queue_only_grows_at_its_end_none_goes_there_again() =>
        Assert.That(
            Plan([Entry(1, "10"), Entry(2, latest: "11"), Entry(3, "12")], takesInOrderOfIds: false),
            Is.EqualTo(new[] { "2 new", "3 new for 12" }));

    [Test]
    public void Ids_out_of_order_are_put_in_order() =>
        Assert.That(Plan([Entry(1, "12"), Entry(2, "11")]), Is.EqualTo(new[] { "2 new for 11" }));

    /// <summary>Whatever is there: after the plan, the ids ascend in the rows' order within each priority.</summary>
    [FsCheck.NUnit.Property]
    public void After_the_plan_a_queue_in_order_of_ids_is_in_the_rows_order(NonEmptyArray<(bool Mirrored, byte Id, bool HasLatest, byte Latest, bool High)> rows)
    {
        var head = rows.Get.Select((row, n) => Entry(
                n + 1, row.Mirrored ? $"{row.Id}" : null, row.HasLatest ? $"{row.Latest}" : null, row.High ? 9 : 1))
            .OrderBy(entry => entry.Job).ToList();
        var ids = head.Where(entry => entry.MirroredAs is not null).ToDictionary(entry => entry.Job.Id, entry => long.Parse(entry.MirroredAs!));
        var next = 1000L;
        foreach (var entering in MirrorPlan.For(head, takesInOrderOfIds: true))
        {
            ids[entering.Job.Id] = entering.Again is { } again ? long.Parse(again) : next++;
        }

        foreach (var queue in head.GroupBy(entry => entry.Job.Priority))
        {
            Assert.That(queue.Select(entry => ids[entry.Job.Id]), Is.Ordered.And.Unique);
        }
    }

    private static MirrorEntry Entry(long id, string? mirroredAs = null, string? latest = null, int priority = 5) =>
        new(new WaitingJob(id, JobType.Publish, priority, DateTimeOffset.UnixEpoch, 1, 1), mirroredAs, latest);

    private static IEnumerable<string> Plan(MirrorEntry[] head, bool takesInOrderOfIds = true) =>
        MirrorPlan.For(head, takesInOrderOfIds).Select(entering =>
            $"{entering.Job.Id} {(entering.Again is null ? "new" : $"again {entering.Again}")}{(entering.Replaces is null ? "" : $" for {entering.Replaces}")}");
}
