using VideoPipeline.Events;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Events;

public sealed class ChangeListenerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Of_a_job_that_changes_fast_the_latest_state_is_told_at_its_first_place()
    {
        using var listener = Listener();
        listener.Tell([Change(1, at: 0, progress: 10), Change(2, at: 0)]);
        listener.Tell([Change(1, at: 1, progress: 20)]);
        listener.Tell([Change(1, at: 2, progress: 30)]);

        var told = TakeAll(listener).Cast<JobChanged>().ToList();

        Assert.That(told.Select(change => (change.Job.Id, change.Job.Progress)), Is.EqualTo(new[] { (1L, (double?)30), (2L, null) }));
        Assert.That(told.Select(change => change.Cursor), Is.All.EqualTo(Cursor(0)), "job 2 was told first at 0: whoever goes on after job 1 must hear of it");
    }

    [Test]
    public void Cursors_never_pass_what_has_not_been_told()
    {
        using var listener = Listener();
        listener.Tell([Change(1, at: 0)]);
        listener.Tell(new PausesChanged(Cursor(5), []));

        Assert.That(TakeAll(listener).Select(next => next.Cursor), Is.EqualTo(new[] { Cursor(0), Cursor(0) }));
    }

    [Test]
    public void Only_what_the_filter_lets_through_is_told()
    {
        using var listener = Listener(new ChangeFilter(JobType.Download, VideoId: 1));
        listener.Tell([Change(1, videoId: 2), Change(2, videoId: 1), Change(3, videoId: 1, jobType: JobType.Publish)]);

        Assert.That(TakeAll(listener).Cast<JobChanged>().Select(change => change.Job.Id), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void What_waits_for_one_who_does_not_read_is_bounded()
    {
        using var listener = Listener();
        for (var id = 1; id <= ChangeListener.MostPending + 1; id++)
        {
            listener.Tell([Change(id, at: id)]);
        }

        listener.Tell([Change(5_000, at: 5_000)]);

        var told = TakeAll(listener);
        Assert.That(told.Select(next => next.GetType()), Is.EqualTo(new[] { typeof(FeedReset), typeof(JobChanged) }));
        Assert.That(told[0].Cursor, Is.EqualTo(Cursor(ChangeListener.MostPending + 1)));
    }

    [Test]
    public void It_is_told_when_something_arrives()
    {
        using var listener = Listener();
        TakeAll(listener);
        var arrived = listener.Arrived;
        Assert.That(arrived.IsCompleted, Is.False);

        listener.Tell([Change(1)]);
        Assert.That(arrived.IsCompleted, Is.True);

        TakeAll(listener);
        Assert.That(listener.Arrived.IsCompleted, Is.False);
    }

    private static ChangeListener Listener(ChangeFilter? filter = null) => new(filter ?? new(), cursor: null, _ => { });

    private static List<FeedEvent> TakeAll(ChangeListener listener)
    {
        var all = new List<FeedEvent>();
        while (listener.TryTake(out var next))
        {
            all.Add(next);
        }

        return all;
    }

    private static FeedCursor Cursor(int seconds) => new(Noon.AddSeconds(seconds));

    private static JobChanged Change(long id, int at = 0, double? progress = null, long videoId = 1, JobType jobType = JobType.Download) =>
        new(Cursor(at), new VideoProcessingJob { Id = id, JobType = jobType, VideoId = videoId, Progress = progress }, "A video");
}
