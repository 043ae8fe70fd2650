using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Automatic and manual retry, limits, permanent failures and snoozes.</summary>
internal abstract class RetryConformance(TestStorage storage) : QueueFixture(storage)
{
    private static readonly (string, string) Quick = ("Retry:BaseDelay", "00:00:00.010");

    [Test]
    [Retry(3)]
    public async Task Retries_start_one_two_and_four_seconds_after_the_failures()
    {
        await using var host = await StartAsync((_, _) => throw new TransientFailureException("no luck"));
        var job = await host.EnqueueAsync(maxAttempts: 4);
        var failed = await host.UntilAsync(job.Id, JobStatus.Failed);

        var attempts = await host.Queue.GetAttemptsAsync(job.Id);
        var pauses = attempts.Zip(attempts.Skip(1), (one, next) => (next.StartedAt - one.EndedAt).TotalSeconds).ToList();
        double[] expected = [1, 2, 4];
        DemandAtOnce(failed.Attempts == 4 && pauses.Count == 3 && pauses.Zip(expected).All(pair => pair.First >= pair.Second), $"{failed.Attempts} attempts after {string.Join(", ", pauses)} s");
        Assert.That(pauses.Zip(expected, (pause, due) => pause - due), Is.All.LessThanOrEqualTo(0.5));
    }

    [Test]
    public async Task The_third_failure_fails_a_default_job_and_keeps_message_and_details()
    {
        await using var host = await StartAsync(
            (_, _) => throw new TransientFailureException("the source hung up")
            {
                Details = new Dictionary<string, object?> { ["bytesReceived"] = 17 },
            },
            Quick);
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Failed);

        Assert.That(job.Attempts, Is.EqualTo(3));
        Assert.That(job.ErrorMessage, Is.EqualTo("the source hung up"));
        using var details = JsonDocument.Parse(job.ErrorDetails!);
        Assert.That(details.RootElement.GetProperty("type").GetString(), Is.EqualTo(nameof(TransientFailureException)));
        Assert.That(details.RootElement.GetProperty("bytesReceived").GetInt32(), Is.EqualTo(17));
        Assert.That((await host.Queue.GetFailedJobsAsync(maxAttemptsReached: true)).Select(failed => failed.Id), Is.EqualTo(new[] { job.Id }));
        Assert.That(await host.Queue.GetFailedJobsAsync(maxAttemptsReached: false), Is.Empty);
    }

    [Test]
    public async Task A_source_that_refuses_pauses_its_channel_once_without_an_attempt_and_a_resume_runs_what_waited()
    {
        var open = false;
        await using var host = await StartAsync((_, _) => open ? Task.FromResult(Success) : throw new SourceRefusedException("too many requests"));
        var jobs = new List<long>();
        foreach (var video in await host.AddVideosAsync(4))
        {
            jobs.Add((await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Download, VideoId = video })).Job.Id);
        }

        await host.UntilAllAsync(JobStatus.Retrying, jobs.Count);
        await using (var db = await host.ReadAsync())
        {
            var state = await db.SourceStates.SingleAsync();
            var waiting = await db.Jobs.OrderBy(j => j.Id).ToListAsync();
            Assert.That((state.Refusals, state.PauseReason), Is.EqualTo((1, "too many requests")));
            Assert.That(waiting.Select(job => (job.Attempts, job.WaitReason, job.QueuedAt)), Is.EqualTo(jobs.Select(_ => (0, "too many requests", state.PausedUntil!.Value))));
        }

        open = true;
        await host.Channels.ResumeAsync((await host.JobAsync(jobs[0])).ChannelId);

        foreach (var id in jobs)
        {
            await host.UntilAsync(id, JobStatus.Completed);
        }
    }

    [Test]
    public async Task Manual_retry_gives_a_fresh_budget_and_clears_the_error()
    {
        var healthy = false;
        await using var host = await StartAsync((_, _) => healthy ? Task.FromResult(Success) : throw new TransientFailureException("no luck"), Quick);
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Failed);

        await host.Queue.RetryJobAsync(job.Id);
        await Eventually.TrueAsync(async () => (await host.Queue.GetAttemptsAsync(job.Id)).Count == 6, "three more attempts were made");
        await host.UntilAsync(job.Id, JobStatus.Failed);
        healthy = true;
        await host.Queue.RetryJobAsync(job.Id);
        var completed = await host.UntilAsync(job.Id, JobStatus.Completed);

        Assert.That(completed.Attempts, Is.EqualTo(1));
        Assert.That(completed.ErrorMessage, Is.Null);
    }

    [Test]
    public async Task A_permanent_failure_is_not_retried()
    {
        await using var host = await StartAsync((_, _) => throw new PermanentFailureException("404"), Quick);
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Failed);

        Assert.That(job.Attempts, Is.EqualTo(1));
        Assert.That((await host.Queue.GetFailedJobsAsync(maxAttemptsReached: false)).Select(failed => failed.Id), Is.EqualTo(new[] { job.Id }));
    }

    [Test]
    [Retry(3)]
    public async Task A_snooze_runs_again_at_its_time_and_spends_no_attempt()
    {
        var snoozed = false;
        var until = DateTimeOffset.MinValue;
        await using var host = await StartAsync((_, _) =>
        {
            if (!snoozed)
            {
                snoozed = true;
                until = TimeProvider.System.GetUtcNow().AddSeconds(1);
                throw new SnoozeException("the disk is full", until);
            }

            return Task.FromResult(Success);
        });
        var id = (await host.EnqueueAsync(maxAttempts: 1)).Id;
        var waiting = await host.UntilAsync(id, JobStatus.Retrying);
        var completed = await host.UntilAsync(id, JobStatus.Completed);

        DemandAtOnce(
            (waiting.Attempts, waiting.WaitReason, completed.Attempts) == (0, "the disk is full", 1) && completed.StartedAt >= until.AddMilliseconds(-0.001),
            $"{waiting.WaitReason}: {waiting.Attempts} and {completed.Attempts} attempts, {completed.StartedAt - until} late");
        Assert.That(completed.StartedAt!.Value, Is.LessThanOrEqualTo(until.AddSeconds(0.5)));
    }

    [Test]
    public async Task Retry_of_what_runs_or_is_done_is_refused()
    {
        await using var host = await StartAsync();
        var job = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Completed);

        Assert.That(async () => await host.Queue.RetryJobAsync(job.Id), Throws.TypeOf<ConflictException>());
        Assert.That(async () => await host.Queue.RetryJobAsync(123456), Throws.TypeOf<UnknownIdException>());
    }

    [Test]
    public async Task Processing_retrying_jobs_never_starts_one_early()
    {
        await using var host = await StartAsync((_, _) => throw new TransientFailureException("no luck"));
        await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Retrying);

        Assert.That(await host.Queue.ProcessRetryingJobsAsync(), Is.Empty);
    }

    [Test]
    public async Task Processing_retrying_jobs_runs_those_whose_delay_is_over()
    {
        var healthy = false;
        await using var host = await StartAsync(
            (_, _) => healthy ? Task.FromResult(Success) : throw new TransientFailureException("no luck"), Quick, ("Workers:Publish", "0"));
        var id = (await host.EnqueueAsync()).Id;
        await host.Queue.ProcessNextJobAsync();
        healthy = true;
        await host.UntilAsync(id, JobStatus.Queued);

        var processed = await host.Queue.ProcessRetryingJobsAsync();

        Assert.That(processed.Select(job => (job.Id, job.Status)), Is.EqualTo(new[] { (id, JobStatus.Completed) }));
    }

    /// <summary>What no busy machine excuses: unlike an assertion, it isn't tried again.</summary>
    private static void DemandAtOnce(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
