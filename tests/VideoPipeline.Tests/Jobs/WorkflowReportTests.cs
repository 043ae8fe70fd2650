using VideoPipeline.Jobs;
using static VideoPipeline.Jobs.JobStatus;

namespace VideoPipeline.Tests.Jobs;

/// <summary>Which reports a job takes.</summary>
public sealed class WorkflowReportTests
{
    private static readonly Guid Token = Guid.NewGuid();

    [TestCase(Queued, true)]
    [TestCase(Processing, true)]
    [TestCase(Retrying, false)]
    [TestCase(Completed, false)]
    [TestCase(Failed, false)]
    [TestCase(Cancelled, false)]
    public void By_its_status(JobStatus status, bool taken)
    {
        foreach (var said in new[] { Processing, Completed, Failed })
        {
            Assert.That(new WorkflowReport { Status = said }.RefusedBy(Job(status)), taken ? Is.Null : Does.Contain(status.Name()));
        }
    }

    [TestCase(Processing, 2, true)]
    [TestCase(Processing, 1, false, Description = "the run was started again")]
    [TestCase(Processing, 3, true)]
    [TestCase(Queued, 2, false, Description = "that attempt has failed")]
    [TestCase(Queued, 3, true)]
    [TestCase(Retrying, 2, false)]
    [TestCase(Retrying, 3, true, Description = "somebody didn't wait for the delay")]
    [TestCase(Failed, 3, false, Description = "for good: by hand only")]
    public void By_the_attempt_of_its_run(JobStatus status, int attempt, bool taken)
    {
        var job = Job(status);
        job.GithubRunAttempt = 2;
        Assert.That(new WorkflowReport { Status = Processing, RunId = 7, RunAttempt = attempt }.RefusedBy(job), taken ? Is.Null : Is.Not.Null);
    }

    [Test]
    public void Of_another_run_or_of_none()
    {
        Assert.That(new WorkflowReport { Status = Completed, RunId = 8 }.RefusedBy(Job(Processing)), Does.Contain("run 7, not by 8"));
        Assert.That(new WorkflowReport { Status = Completed }.RefusedBy(new VideoProcessingJob { Status = Processing }), Does.Contain("is not run by a GitHub workflow"));
        Assert.That(
            new WorkflowReport { Status = Completed, RunId = 8 }.RefusedBy(new VideoProcessingJob { Status = Queued, Attempts = 1 }), Does.Contain("no longer"));
    }

    [TestCase(true, null, null, true)]
    [TestCase(true, null, 7L, true)]
    [TestCase(true, 7L, 7L, true)]
    [TestCase(true, 8L, 7L, false, Description = "two runs of one dispatch: the first one has it")]
    [TestCase(null, 7L, 7L, true, Description = "by its id, as GitHub's webhook")]
    [TestCase(null, 7L, null, false, Description = "anybody could say so")]
    [TestCase(null, null, 7L, false)]
    [TestCase(false, 7L, 7L, false)]
    [TestCase(false, null, null, false)]
    public void Of_a_run_that_the_service_has_started(bool? tokenFits, long? runId, long? jobsRunId, bool taken)
    {
        var job = new VideoProcessingJob { Status = Processing, GithubDispatched = true, LeaseToken = Token, GithubWorkflowRunId = jobsRunId };
        var report = new WorkflowReport { Status = Completed, RunId = runId, Token = tokenFits is null ? null : tokenFits.Value ? Token : Guid.NewGuid() };
        Assert.That(report.RefusedBy(job), taken ? Is.Null : Is.Not.Null);
    }

    [Test]
    public void A_success_may_be_told_twice()
    {
        var job = Job(Completed);
        job.GithubRunAttempt = 2;
        Assert.That(new WorkflowReport { Status = Completed, RunId = 7, RunAttempt = 2 }.IsRepeatedBy(job));
        Assert.That(new WorkflowReport { Status = Completed, RunId = 7, RunAttempt = 1 }.IsRepeatedBy(job), Is.False);
        Assert.That(new WorkflowReport { Status = Completed }.IsRepeatedBy(job), Is.False);
        Assert.That(new WorkflowReport { Status = Failed, RunId = 7 }.IsRepeatedBy(job), Is.False);
    }

    private static VideoProcessingJob Job(JobStatus status) => new() { Id = 41, Status = status, GithubWorkflowRunId = 7 };
}
