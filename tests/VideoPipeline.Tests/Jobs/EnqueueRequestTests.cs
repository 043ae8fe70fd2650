using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Jobs;

public sealed class EnqueueRequestTests
{
    private static readonly EnqueueRequest Request = new() { JobType = JobType.Publish, VideoId = 3, MaxAttempts = 5, Parameters = """{"a":1,"b":[2]}""" };

    private static IEnumerable<TestCaseData> Repetitions() =>
    [
        new(Request, true),
        new(Request with { Parameters = """{ "b": [2], "a": 1 }""" }, true),
        new(Request with { Priority = 9 }, true),
        new(Request with { MaxAttempts = null }, true),
        new(Request with { MaxAttempts = 4 }, false),
        new(Request with { Parameters = null }, false),
        new(Request with { Parameters = """{"a":2,"b":[2]}""" }, false),
        new(Request with { GithubWorkflowRunId = 7 }, false),
        new(Request with { VideoId = 4 }, false),
        new(Request with { ChannelId = 1 }, true),
        new(Request with { ChannelId = 2 }, false),
        new(Request with { JobType = JobType.Transform }, false),
    ];

    [TestCaseSource(nameof(Repetitions))]
    public void A_job_is_known_to_be_what_a_request_asks_for(EnqueueRequest repetition, bool expected)
    {
        var job = Request.NewJob(channelId: 1, defaultMaxAttempts: 3, DateTimeOffset.UnixEpoch);

        Assert.That(repetition.HasCreated(job), Is.EqualTo(expected));
    }

    [Test]
    public void A_run_that_the_service_has_started_for_it_since_makes_it_no_other_job()
    {
        var job = Request.NewJob(channelId: 1, defaultMaxAttempts: 3, DateTimeOffset.UnixEpoch);
        (job.GithubDispatched, job.GithubWorkflowRunId) = (true, 7);

        Assert.That(Request.HasCreated(job));
    }
}
