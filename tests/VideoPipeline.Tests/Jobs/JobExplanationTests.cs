using VideoPipeline.Catalog;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class JobExplanationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly JobSurroundings Idle = JobSurroundings.None with { Slots = 2 };

    [TestCase(JobStatus.Completed, "It is completed.")]
    [TestCase(JobStatus.Failed, "It has failed: No such file. Retry it to run it again.")]
    [TestCase(JobStatus.Cancelled, "It was cancelled. Retry it to run it again.")]
    public void What_has_ended_does_not_start_by_itself(JobStatus status, string reason) =>
        AssertSays(Explain(Job(status, job => job.ErrorMessage = "No such file"), Idle), expectedStart: null, reason);

    [Test]
    public void What_runs_has_started()
    {
        AssertSays(Explain(Job(JobStatus.Processing, job => job.LeaseExpiresAt = Now.AddSeconds(1)), Idle), Now.AddMinutes(-1));
        AssertSays(
            Explain(Job(JobStatus.Processing, job => job.LeaseExpiresAt = Now.AddSeconds(-1)), Idle),
            Now.AddMinutes(-1),
            "Nothing was heard of its worker node-1/3 since its lease ran out at 2026-01-31 11:59:59Z; it is about to be taken back.");
        AssertSays(Explain(Job(JobStatus.Processing, job => job.GithubWorkflowRunId = 7), Idle), Now.AddMinutes(-1));
    }

    [Test]
    public void A_workflows_job_waits_for_its_workflow()
    {
        const string Runs = "GitHub workflow run 7 runs it; local workers leave it alone.";

        AssertSays(Explain(Job(JobStatus.Queued, job => job.GithubWorkflowRunId = 7), Idle), expectedStart: null, Runs);
        AssertSays(
            Explain(Job(JobStatus.Retrying, job => (job.GithubWorkflowRunId, job.ErrorMessage) = (7, "The runner is gone.")), Idle),
            expectedStart: null,
            Runs,
            "It waits for its retry at 2026-01-31 12:05:00Z, since it has failed: The runner is gone.");
    }

    [Test]
    public void Nothing_blocks_the_first_job_of_a_free_worker()
    {
        var explanation = Explain(Job(JobStatus.Queued), Idle with { Running = 1 });

        AssertSays(explanation, Now);
        Assert.That(explanation.Rank, Is.Zero);
    }

    [Test]
    public void Others_go_first_and_the_workers_of_all_nodes_share_them()
    {
        var explanation = Explain(Job(JobStatus.Queued), Idle with { Running = 2, Rank = 3, AverageSeconds = 60 });

        // Four must end before one of two workers is free for it.
        AssertSays(explanation, Now.AddMinutes(2), "3 job(s) go before it; 2 of 2 transform worker(s) are busy.");
        Assert.That(explanation.Rank, Is.EqualTo(3));
    }

    [Test]
    public void Nobody_can_tell_how_long_the_first_ones_take() =>
        Assert.That(Explain(Job(JobStatus.Queued), Idle with { Running = 2 }).ExpectedStart, Is.Null);

    [Test]
    public void Without_workers_it_never_starts()
    {
        AssertSays(Explain(Job(JobStatus.Queued), JobSurroundings.None), expectedStart: null, "No node that is alive has transform workers.");
        Assert.That(Explain(Job(JobStatus.Retrying), JobSurroundings.None).ExpectedStart, Is.Null);
    }

    [Test]
    public void A_pause_holds_it_until_its_end()
    {
        AssertSays(
            Explain(Job(JobStatus.Queued), Idle with { Pauses = [Pause(QueuePause.All, until: null, "moving")] }),
            expectedStart: null,
            "The queue is paused (all types) by anna: moving.");
        AssertSays(
            Explain(
                Job(JobStatus.Queued),
                Idle with { Pauses = [Pause(QueuePause.All, Now.AddHours(1), reason: null), Pause("transform", Now.AddHours(2), "disk")], Running = 2, AverageSeconds = 60 }),
            Now.AddHours(2).AddSeconds(30),
            "The queue is paused (all types) by anna until 2026-01-31 13:00:00Z.",
            "The queue is paused (transform) by anna until 2026-01-31 14:00:00Z: disk.",
            "0 job(s) go before it; 2 of 2 transform worker(s) are busy.");
    }

    [Test]
    public void A_source_that_wants_to_be_left_alone_holds_its_jobs()
    {
        var source = new SourceState { ChannelId = 1, PausedUntil = Now.AddMinutes(30), PauseReason = "429 Too Many Requests" };
        const string LeftAlone = "The channel's source is left alone until 2026-01-31 12:30:00Z: 429 Too Many Requests.";

        AssertSays(Explain(Job(JobStatus.Queued), Idle with { Source = source }), Now.AddMinutes(30), LeftAlone);
        AssertSays(
            Explain(Job(JobStatus.Retrying, job => (job.WaitReason, job.QueuedAt) = ("The source asks to wait.", Now.AddMinutes(20))), Idle with { Source = source }),
            Now.AddMinutes(30),
            LeftAlone,
            "It waits until 2026-01-31 12:20:00Z: The source asks to wait.");
        source.PausedUntil = Now;
        AssertSays(Explain(Job(JobStatus.Queued), Idle with { Source = source }), Now);
    }

    [Test]
    public void A_retry_and_a_snooze_say_why_and_until_when()
    {
        AssertSays(Explain(Job(JobStatus.Retrying, job => job.ErrorMessage = "It broke"), Idle), Now.AddMinutes(5), "It waits for its retry at 2026-01-31 12:05:00Z, since it has failed: It broke.");
        AssertSays(Explain(Job(JobStatus.Retrying, job => job.WaitReason = "The quota is used up"), Idle), Now.AddMinutes(5), "It waits until 2026-01-31 12:05:00Z: The quota is used up.");
        Assert.That(Explain(Job(JobStatus.Retrying), Idle).Rank, Is.Null);
    }

    private static JobExplanation Explain(VideoProcessingJob job, JobSurroundings around) => JobExplanation.Of(job, around, Now);

    private static VideoProcessingJob Job(JobStatus status, Action<VideoProcessingJob>? change = null)
    {
        var job = new VideoProcessingJob
        {
            Id = 1,
            VideoId = 1,
            ChannelId = 1,
            JobType = JobType.Transform,
            Status = status,
            QueuedAt = status == JobStatus.Retrying ? Now.AddMinutes(5) : Now.AddMinutes(-5),
            StartedAt = Now.AddMinutes(-1),
            Worker = "node-1/3",
        };
        change?.Invoke(job);
        return job;
    }

    private static QueuePause Pause(string scope, DateTimeOffset? until, string? reason) =>
        new() { Scope = scope, Reason = reason, PausedBy = "anna", PausedAt = Now, Until = until };

    private static void AssertSays(JobExplanation explanation, DateTimeOffset? expectedStart, params string[] blockedBy)
    {
        Assert.That(explanation.BlockedBy, Is.EqualTo(blockedBy));
        Assert.That(explanation.ExpectedStart, Is.EqualTo(expectedStart));
    }
}
