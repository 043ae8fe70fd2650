using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Events;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>That whoever listens hears of every change, on every storage.</summary>
internal abstract class EventsConformance(TestStorage storage) : QueueFixture(storage)
{
    protected static readonly TimeSpan Live = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Every_state_of_a_job_is_heard_of_within_a_second()
    {
        TaskCompletionSource go = new();
        await using var host = await StartAsync(async (context, cancellationToken) =>
        {
            context.ReportProgress(new StageProgress(42, Speed: 2, Remaining: TimeSpan.FromSeconds(9)));
            await go.Task.WaitAsync(cancellationToken);
            return Success;
        });
        using var listener = host.Service<ChangeFeed>().Listen(new())!;
        await HearAsync(listener, next => next is PausesChanged, "it begins");

        await Eventually.PromptlyAsync(Live, async () =>
        {
            // How long the job itself takes is another matter.
            go = new();
            var job = await host.EnqueueAsync();
            await Eventually.TrueAsync(async () => (await host.JobAsync(job.Id)).Progress == 42, "it runs");
            var longest = await HearAsync(
                listener,
                next => IsJob(next, job.Id, j => (j.Status, j.Progress, j.ProgressSpeed, j.EtaSeconds) == (JobStatus.Processing, 42, 2, 9)),
                "its progress");
            go.SetResult();
            await host.UntilAsync(job.Id, JobStatus.Completed);
            longest = Longer(longest, await HearAsync(listener, next => IsJob(next, job.Id, j => j.Status == JobStatus.Completed), "its end"));
            await host.Queue.PauseAsync(JobType.Publish, "a break");
            longest = Longer(longest, await HearAsync(listener, next => next is PausesChanged { Pauses: [{ Scope: "publish", Reason: "a break" }] }, "the pause"));
            await host.Queue.PauseAsync(JobType.Publish, "another reason");
            longest = Longer(longest, await HearAsync(listener, next => next is PausesChanged { Pauses: [{ Reason: "another reason" }] }, "its other reason"));
            await host.Queue.ResumeAsync();
            return longest;
        });
    }

    [Test]
    public async Task Whoever_goes_on_from_an_event_is_told_what_has_changed_since_even_by_another_process()
    {
        FeedCursor cursor;
        long missed;
        await using (var host = await StartAsync())
        {
            using var listener = host.Service<ChangeFeed>().Listen(new())!;
            cursor = (await HeardAsync(listener, next => next is PausesChanged, "it begins")).Cursor;
            missed = (await host.EnqueueAsync()).Id;
            await host.UntilAsync(missed, JobStatus.Completed);
        }

        await using var next = await StartAsync();
        using var again = next.Service<ChangeFeed>().Listen(new(), cursor.ToString())!;

        await HearAsync(again, told => IsJob(told, missed, job => job.Status == JobStatus.Completed), "what it missed");
    }

    [Test]
    public async Task Many_who_listen_cost_no_more_looks_than_one_and_none_costs_none()
    {
        await using var host = await StartAsync();
        var feed = host.Service<ChangeFeed>();
        Assert.That(feed.Looks, Is.Zero);
        var listeners = Enumerable.Range(0, 50).Select(_ => feed.Listen(new())!).ToList();
        await Task.WhenAll(listeners.Select(listener => HearAsync(listener, next => next is PausesChanged, "it begins")));

        // Two a second; what this process changes asks for some more.
        var before = feed.Looks;
        var job = await host.EnqueueAsync();
        await host.UntilAsync(job.Id, JobStatus.Completed);
        await Task.WhenAll(listeners.Select(listener => HearAsync(listener, next => IsJob(next, job.Id, j => j.Status == JobStatus.Completed), "the job")));
        Assert.That(feed.Looks - before, Is.LessThan(listeners.Count));

        listeners.ForEach(listener => listener.Dispose());
        await Eventually.PassAsync(TimeSpan.FromMilliseconds(600));
        var after = feed.Looks;
        await Eventually.PassAsync(TimeSpan.FromMilliseconds(600));
        Assert.That(feed.Looks, Is.EqualTo(after));
    }

    protected static bool IsJob(FeedEvent next, long jobId, Func<VideoProcessingJob, bool> condition) =>
        next is JobChanged { Job: { } job } && job.Id == jobId && condition(job);

    protected static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <returns>How long it took.</returns>
    protected static async Task<TimeSpan> HearAsync(ChangeListener listener, Func<FeedEvent, bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        await HeardAsync(listener, condition, what);
        return watch.Elapsed;
    }

    protected static async Task<FeedEvent> HeardAsync(ChangeListener listener, Func<FeedEvent, bool> condition, string what) =>
        await Eventually.ValueAsync(
            () =>
            {
                while (listener.TryTake(out var next))
                {
                    if (condition(next))
                    {
                        return Task.FromResult<FeedEvent?>(next);
                    }
                }

                return Task.FromResult<FeedEvent?>(null);
            },
            what);
}

/// <summary>With a second node on the same database.</summary>
[TestFixture]
internal sealed class EventsOnPostgreSql() : EventsConformance(TestStorage.PostgreSql)
{
    [Test]
    public async Task Of_what_another_node_does_one_hears_within_a_second()
    {
        await using var api = await StartAsync(null, ("Node:Role", "Api"));
        using var listener = api.Service<ChangeFeed>().Listen(new())!;
        await HearAsync(listener, next => next is PausesChanged, "it begins");
        await using var worker = await StartAnotherAsync();

        await Eventually.PromptlyAsync(Live, async () =>
        {
            var job = await worker.EnqueueAsync();
            await worker.UntilAsync(job.Id, JobStatus.Completed);
            var heard = await HearAsync(listener, next => IsJob(next, job.Id, j => j.Status == JobStatus.Completed), "the other node's job");
            await worker.Queue.PauseAsync(reason: "there");
            heard = Longer(heard, await HearAsync(listener, next => next is PausesChanged { Pauses: [{ Reason: "there" }] }, "the other node's pause"));
            await worker.Queue.ResumeAsync();
            return heard;
        });
    }

    [Test]
    public async Task A_row_is_heard_of_that_was_committed_long_after_its_time()
    {
        await using var host = await StartAsync(null, ("Workers:Publish", "0"));
        var job = await host.EnqueueAsync();
        using var listener = host.Service<ChangeFeed>().Listen(new())!;
        await HearAsync(listener, next => next is PausesChanged, "it begins");

        await host.Writer.WriteAsync(async db =>
        {
            var row = await db.Jobs.AsTracking().SingleAsync(j => j.Id == job.Id);
            row.Progress = 7;
            row.UpdatedAt = TimeProvider.System.GetUtcNow();
            await db.SaveChangesAsync();
            await Eventually.PassAsync(TimeSpan.FromSeconds(2.5));
        });

        await HearAsync(listener, next => IsJob(next, job.Id, j => j.Progress == 7), "what was committed late");
    }
}
