using Microsoft.AspNetCore.Http;
using VideoPipeline.Cli;

namespace VideoPipeline.Tests.Cli;

/// <summary><c>watch --until-done</c>: when it ends, and what it has noticed by then.</summary>
public sealed class WatchUntilDoneTests
{
    private const string None = """{"items":[],"nextCursor":null}""";

    private TaskCompletionSource _counted = new();
    private bool _isDone;
    private string _failed = None;

    [SetUp]
    public void Begin() => (_counted, _isDone, _failed) = (new(TaskCreationOptions.RunContinuationsAsynchronously), false, None);

    /// <summary>Its last event comes while the last count is still fresh; after it there is silence.</summary>
    [Test]
    public async Task It_ends_after_the_last_job_though_no_event_follows([Values] bool json)
    {
        await using var service = await StandInService.StartAsync(AnswerAsync);

        var (exitCode, output, errors) = await RunAsync(["watch", "--until-done", .. json ? ["--json"] : Array.Empty<string>(), "--url", service.Url]);

        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(output, json ? Does.Match("(?s)\"event\":\"queue\".*\"event\":\"job\".*\"status\":\"completed\"") : Does.Contain("1 video published, 0 running"));
    }

    [Test]
    public async Task A_failure_that_no_event_told_of_counts()
    {
        _isDone = true;
        await using var service = await StandInService.StartAsync(AnswerAsync);

        var (exitCode, output, errors) = await RunAsync(["watch", "--until-done", "--fail", "--url", service.Url]);

        Assert.That(exitCode, Is.EqualTo(ExitCode.Failed), errors);
        Assert.That(output, Does.Contain("1 job failed"));
    }

    [Test]
    public async Task A_failure_from_before_it_began_does_not_count()
    {
        _isDone = true;
        _failed = $$"""{"items":[{{Job("failed")}}],"nextCursor":null}""";
        await using var service = await StandInService.StartAsync(AnswerAsync);

        Assert.That((await RunAsync(["watch", "--until-done", "--fail", "--url", service.Url])).ExitCode, Is.Zero);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments) =>
        await CliRun.RunAsync(arguments).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

    private async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        switch ($"{context.Request.Path}{context.Request.QueryString}")
        {
            case "/api/events":
                response.ContentType = "text/event-stream";
                await TellAsync("queue", """{"paused":false,"byType":{}}""");
                if (!_isDone)
                {
                    await _counted.Task;
                    await TellAsync("job", Job("processing"));
                    await TellAsync("job", Job("completed"));
                    _isDone = true;
                }
                else
                {
                    // Too much has changed to be told.
                    await TellAsync("reset", """{"reason":"more has changed than could be told"}""");
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "/api/jobs?status=failed&limit=500":
                await response.WriteAsync(_failed);
                _failed = $$"""{"items":[{{Job("failed")}}],"nextCursor":null}""";
                break;
            case "/api/queue":
                await response.WriteAsync($$"""{"queued":0,"processing":{{(_isDone ? 0 : 1)}},"byType":{},"retrying":0,"paused":false}""");
                _counted.TrySetResult();
                break;
            default:
                await response.WriteAsync(None);
                break;
        }

        async Task TellAsync(string name, string data)
        {
            await response.WriteAsync($"event: {name}\ndata: {data}\n\n");
            await response.Body.FlushAsync();
        }
    }

    private static string Job(string status) =>
        $$"""{"id":7,"videoId":3,"channelId":1,"jobType":"publish","status":"{{status}}","completedAt":"2026-01-31T12:00:00Z","updatedAt":"2026-01-31T12:00:00Z","videoTitle":"A talk"}""";
}
