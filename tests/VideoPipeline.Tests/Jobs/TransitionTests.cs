using VideoPipeline.Jobs;
using static VideoPipeline.Jobs.JobStatus;

namespace VideoPipeline.Tests.Jobs;

public sealed class TransitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly JobError Error = JobError.From("no luck", "Test");

    private static readonly Dictionary<string, Action<VideoProcessingJob>> Transitions = new(StringComparer.Ordinal)
    {
        ["claim"] = job => Transition.Claim(job, "worker", Guid.NewGuid(), Now.AddSeconds(15), Now),
        ["complete"] = job => Transition.Complete(job, "{}", Now),
        ["fail"] = job => Transition.Fail(job, Error, permanent: false, TimeSpan.FromSeconds(1), Now),
        ["snooze"] = job => Transition.Snooze(job, "quota", Now.AddHours(1), Now),
        ["give back"] = job => Transition.GiveBack(job, Now),
        ["rescue"] = job => Transition.Rescue(job, maxLostAttempts: 25, Now),
        ["become due"] = job => Transition.BecomeDue(job, Now),
        ["retry"] = job => Transition.Retry(job, Now),
        ["cancel"] = job => Transition.Cancel(job, Now),
    };

    private static readonly Dictionary<(JobStatus From, string Transition), JobStatus> Expected = new()
    {
        [(Queued, "claim")] = Processing,
        [(Queued, "cancel")] = Cancelled,
        [(Processing, "complete")] = Completed,
        [(Processing, "fail")] = Retrying,
        [(Processing, "snooze")] = Retrying,
        [(Processing, "give back")] = Queued,
        [(Processing, "rescue")] = Queued,
        [(Processing, "cancel")] = Cancelled,
        [(Retrying, "become due")] = Queued,
        [(Retrying, "retry")] = Queued,
        [(Retrying, "cancel")] = Cancelled,
        [(Failed, "retry")] = Queued,
        [(Cancelled, "retry")] = Queued,
    };

    private static IEnumerable<TestCaseData> Pairs() =>
        from status in Enum.GetValues<JobStatus>()
        from transition in Transitions.Keys
        select new TestCaseData(status, transition);

    [TestCaseSource(nameof(Pairs))]
    public void Every_pair_of_status_and_transition_is_allowed_or_refused(JobStatus from, string transition)
    {
        var job = Job(from);

        if (Expected.TryGetValue((from, transition), out var to))
        {
            Transitions[transition](job);
            Assert.That(job.Status, Is.EqualTo(to));
            Assert.That(job.UpdatedAt, Is.EqualTo(Now));
            Assert.That(job.CompletedAt, Is.EqualTo(to is Completed or Failed or Cancelled ? Now : (DateTimeOffset?)null));
        }
        else
        {
            Assert.That(() => Transitions[transition](job), Throws.TypeOf<ImpossibleTransitionException>());
            Assert.That(job.Status, Is.EqualTo(from));
        }
    }

    [TestCase(1, 0, 3, false, Retrying)]
    [TestCase(2, 0, 3, false, Retrying)]
    [TestCase(3, 0, 3, false, Failed)]
    [TestCase(1, 0, 3, true, Failed)]
    [TestCase(1, 0, 1, false, Failed)]
    [TestCase(4, 2, 3, false, Retrying, Description = "two of the four died with their worker")]
    [TestCase(5, 2, 3, false, Failed)]
    public void After_a_failure(int attempts, int lost, int most, bool permanent, JobStatus expected) =>
        Assert.That(Transition.AfterFailure(attempts, lost, most, permanent), Is.EqualTo(expected));

    [TestCase(1, 3, 25, Queued)]
    [TestCase(24, 3, 25, Queued)]
    [TestCase(25, 3, 25, Failed)]
    [TestCase(1, 1, 25, Failed, Description = "a job that may run once is never started twice")]
    public void After_its_worker_died(int lost, int most, int mostLost, JobStatus expected) =>
        Assert.That(Transition.AfterLostWorker(lost, most, mostLost), Is.EqualTo(expected));

    [Test]
    public void A_claim_counts_an_attempt_and_takes_a_lease()
    {
        var job = Job(Queued);
        var token = Guid.NewGuid();

        Transition.Claim(job, "worker", token, Now.AddSeconds(15), Now);

        Assert.That((job.Attempts, job.Worker, job.LeaseToken, job.LeaseExpiresAt), Is.EqualTo((2, "worker", token, Now.AddSeconds(15))));
        Assert.That(job.WaitSeconds, Is.EqualTo(60));
        Assert.That(job.Progress, Is.Zero);
    }

    /// <param name="queued">Seconds since it was queued.</param>
    /// <param name="started">Seconds since its last attempt began; null when there was none.</param>
    /// <param name="ran">How many of them that attempt took.</param>
    [TestCase(60, null, null, 60)]
    [TestCase(60, 50, 45.0, 5, Description = "given back or rescued: it keeps its place, but didn't wait while it ran")]
    [TestCase(60, 60, 60.0, 0)]
    [TestCase(10, 60, 45.0, 10, Description = "retried: it was queued after its end")]
    [TestCase(-5, 60, 45.0, 0, Description = "another node's clock is ahead")]
    public void The_wait_begins_with_the_queueing_or_with_the_end_of_the_last_attempt(int queued, int? started, double? ran, double expected)
    {
        var job = Job(Queued);
        job.QueuedAt = Now.AddSeconds(-queued);
        job.StartedAt = started is { } ago ? Now.AddSeconds(-ago) : null;
        job.DurationSeconds = ran;

        Transition.Claim(job, "worker", Guid.NewGuid(), Now.AddSeconds(15), Now);

        Assert.That(job.WaitSeconds, Is.EqualTo(expected));
    }

    [Test]
    public void A_failure_waits_for_its_delay_and_drops_the_lease()
    {
        var job = Job(Processing);
        var attempt = Transition.Fail(job, Error, permanent: false, TimeSpan.FromSeconds(4), Now);

        Assert.That((job.QueuedAt, job.LeaseToken, job.ErrorMessage), Is.EqualTo((Now.AddSeconds(4), (Guid?)null, "no luck")));
        Assert.That((attempt.Outcome, attempt.Number, attempt.ErrorMessage), Is.EqualTo((AttemptOutcome.Failed, 1, "no luck")));
    }

    [Test]
    public void A_run_that_the_service_started_belongs_to_one_attempt_and_another_to_the_job()
    {
        var dispatched = Job(Processing);
        dispatched.GithubDispatched = true;
        var given = Job(Processing);
        foreach (var job in new[] { dispatched, given })
        {
            (job.GithubWorkflowRunId, job.GithubRunAttempt, job.WorkflowHeardAt) = (7, 1, Now.AddHours(-1));
            Transition.Fail(job, Error, permanent: false, TimeSpan.FromSeconds(4), Now);
            Transition.BecomeDue(job, Now.AddSeconds(4));
        }

        Assert.That(
            (dispatched.GithubDispatched, dispatched.GithubWorkflowRunId, dispatched.GithubRunAttempt, dispatched.WorkflowHeardAt),
            Is.EqualTo((false, (long?)null, (int?)null, (DateTimeOffset?)null)));
        Assert.That((given.GithubWorkflowRunId, given.GithubRunAttempt, given.WorkflowHeardAt), Is.EqualTo(((long?)7, (int?)1, (DateTimeOffset?)Now.AddSeconds(4))));
    }

    [Test]
    public void Snoozes_and_shutdowns_spend_no_attempt_and_a_given_back_job_keeps_its_place()
    {
        var snoozed = Job(Processing);
        Transition.Snooze(snoozed, "quota", Now.AddHours(1), Now);
        var givenBack = Job(Processing);
        var place = givenBack.QueuedAt;
        Transition.GiveBack(givenBack, Now);

        Assert.That((snoozed.Attempts, snoozed.WaitReason, snoozed.QueuedAt), Is.EqualTo((0, "quota", Now.AddHours(1))));
        Assert.That((givenBack.Attempts, givenBack.QueuedAt), Is.EqualTo((0, place)));
    }

    [Test]
    public void A_rescue_counts_the_attempt_and_keeps_the_place()
    {
        var job = Job(Processing);
        var place = job.QueuedAt;
        var attempt = Transition.Rescue(job, maxLostAttempts: 25, Now);

        Assert.That((job.Attempts, job.LostAttempts, job.QueuedAt), Is.EqualTo((1, 1, place)));
        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Lost));
    }

    [Test]
    public void A_manual_retry_has_a_fresh_budget_at_the_end_of_the_queue()
    {
        var job = Job(Failed);
        job.Attempts = 3;
        job.LostAttempts = 1;
        job.ErrorMessage = "old";

        Transition.Retry(job, Now);

        Assert.That((job.Attempts, job.LostAttempts, job.ErrorMessage, job.QueuedAt), Is.EqualTo((0, 0, (string?)null, Now)));
    }

    private static VideoProcessingJob Job(JobStatus status) => new()
    {
        Id = 7,
        Status = status,
        Attempts = 1,
        MaxAttempts = 3,
        Worker = "worker",
        QueuedAt = Now.AddMinutes(-1),
        StartedAt = Now.AddSeconds(-10),
        LeaseToken = status == Processing ? Guid.NewGuid() : null,
    };
}
