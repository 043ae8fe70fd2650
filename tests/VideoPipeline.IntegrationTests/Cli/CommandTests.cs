using System.Text.Json;
using VideoPipeline.Cli;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.Cli;

/// <summary>Every command that talks to a service, against a real one with a published and a failed video.</summary>
[TestFixture]
public sealed class CommandTests
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess _server = null!;
    private ServiceApi _api = null!;
    private string _firstRun = string.Empty;

    [OneTimeSetUp]
    public async Task ScrapeAChannelAsync()
    {
        var source = _folder.NewFolder("source");
        File.Copy(TestMedia.Sample("truncated.mp4"), Path.Combine(source, "broken.mp4"));
        await TestMedia.MakeAsync(source, "short.mp4", "-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 -c:v libx264 -pix_fmt yuv420p");
        _server = await ServerProcess.StartAsync(_folder.Of("data"));
        _api = new ServiceApi(_server.HttpClient);

        await OkAsync("channels", "add", "Films", source, "--rights", "own", "--max-per-run", "5");
        _firstRun = await OkAsync("channels", "scrape", "Films", "--follow");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void Following_a_scrape_tells_each_step_and_ends_with_what_became_of_the_videos()
    {
        Assert.That(_firstRun, Does.Match(@"(?m)^  download  short(  \d+%)?$").And.Match(@"(?m)^  publish   short  published$").And.Match("(?m)^  download  broken  FAILED: .*truncated"));
        Assert.That(_firstRun, Does.Match(@"(?m)^short +0:01 +\w+ +none +\d+\.\d s  .*published/Films/short \[\d+\]\.mp4$").And.Match("(?m)^broken .*FAILED at download: "));
        Assert.That(_firstRun, Does.Match(@"1 video published \(\d with a stream copied instead of encoded\), 1 failed, after \d+ s\."));
    }

    [TestCase("/api/channels", "channels")]
    [TestCase("/api/channels", "channels", "list")]
    [TestCase("/api/channels/1", "channels", "show", "films")]
    [TestCase("/api/videos?channelId=1&limit=1", "videos", "--channel", "Films", "--limit", "1")]
    [TestCase("/api/videos/1", "video", "1")]
    [TestCase("/api/jobs?status=failed", "jobs", "--status", "failed")]
    [TestCase("/api/jobs?jobType=download&limit=1", "jobs", "--type", "download", "-n", "1")]
    [TestCase("/api/jobs?limit=500", "jobs", "--all")]
    [TestCase("/api/jobs/1", "job", "1")]
    [TestCase("/api/jobs/1/explain", "job", "1", "--explain")]
    [TestCase("/api/queue", "queue")]
    [TestCase("/api/statistics?jobType=download", "stats", "--type", "download")]
    [TestCase("/health/ready", "health")]
    public async Task With_json_it_is_exactly_the_APIs_answer_and_without_it_is_for_people(string path, params string[] arguments)
    {
        var json = await OkAsync([.. arguments, "--json"]);
        var shown = await OkAsync(arguments);

        Assert.That(Varying(json), Is.EqualTo(Varying(await _server.HttpClient.GetStringAsync(path) + "\n")));
        Assert.That(shown, Is.Not.Empty.And.Not.Contain("{").And.Not.Contain('\e'));

        // Free space on the disk changes under the test.
        static string Varying(string text) => System.Text.RegularExpressions.Regex.Replace(text, "[0-9]+ MiB", "MiB", default, TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task Jobs_are_retried_cancelled_and_reprioritised()
    {
        var failed = Id((await _api.JobsAsync("status=failed"))[0]);
        await OkAsync("pause", "download", "--reason", "testing [bold]", "--for", "1h");
        Assert.That(await OkAsync("queue"), Does.Match(@"(?m)^download .*paused by \w+ until [-0-9: ]+: testing \[bold\]$"));

        Assert.That(await OkAsync("retry", $"{failed}"), Is.EqualTo($"Job {failed} is queued.\n"));
        Assert.That(await OkAsync("job", $"{failed}"), Does.Contain("testing [bold]").And.Contain("truncated"));
        Assert.That(await OkAsync("priority", $"{failed}", "9"), Is.EqualTo($"Job {failed} has priority 9 and is queued.\n"));
        Assert.That(await OkAsync("cancel", "--all", "--type", "download", "--dry-run"), Is.EqualTo("1 job would be cancelled.\n"));
        Assert.That(await OkAsync("cancel", $"{failed}"), Is.EqualTo($"Job {failed} is cancelled.\n"));
        Assert.That(await OkAsync("retry", "--all", "--status", "cancelled"), Is.EqualTo("1 job queued again.\n"));
        Assert.That(await OkAsync("cancel", "--all", "--channel", "Films", "--json"), Does.StartWith("{").And.Contain("\"changed\":1"));

        var (exitCode, output, errors) = await RunAsync("cancel", $"{failed}");
        Assert.That((exitCode, output), Is.EqualTo((ExitCode.Failed, string.Empty)));
        Assert.That(errors, Does.StartWith($"videopipeline: the service refuses to cancel job {failed}: "));

        await OkAsync("retry", $"{failed}");
        await OkAsync("resume");
        await _api.UntilAsync(failed, "failed");
    }

    [Test]
    public async Task A_channel_is_added_once_changed_and_removed()
    {
        var source = _folder.NewFolder("other source");

        Assert.That(await OkAsync("channels", "add", "Other", source, "--cron", "0 3 * * *"), Does.Contain("Added the channel Other"));
        Assert.That(await OkAsync("channels", "add", "Other", source, "--if-missing"), Does.Contain("is there already"));
        Assert.That((await RunAsync("channels", "add", "Other", _folder.NewFolder("third"), "--if-missing")).ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That((await RunAsync("channels", "add", "Other", source)).Errors, Does.Contain($"the service refuses the channel {source}: "));
        Assert.That(await OkAsync("channels", "change", "Other", "--priority", "8", "--clear", "cron"), Does.Match("Priority +8").And.Match("Schedule +never"));
        var id = JsonElement.Parse(await OkAsync("channels", "show", "Other", "--json")).GetProperty("id").GetInt64();
        Assert.That(await OkAsync("channels", "scrape", $"{id}", "--follow"), Does.Contain($"has no videos: there are none in {source}"));
        Assert.That(await OkAsync("channels", "resume", "Other"), Does.Contain("asked again"));
        Assert.That(await OkAsync("channels", "remove", "Other"), Does.StartWith("Removed"));
        Assert.That((await RunAsync("channels", "show", "Other")).ExitCode, Is.EqualTo(ExitCode.NotFound));
    }

    [Test]
    public async Task A_video_is_added_to_the_channel_of_its_name()
    {
        var shown = await OkAsync("add", Path.Combine(_folder.Of("source"), "short.mp4"), "--channel", "Films", "--json");

        Assert.That(Text(JsonElement.Parse(shown), "title"), Is.EqualTo("short"), "it is there already");
        var (exitCode, _, errors) = await RunAsync("add", "/etc/passwd", "--channel", "Films");
        Assert.That((exitCode, errors), Is.EqualTo((ExitCode.Failed, errors)));
        Assert.That(errors, Does.Contain("refuses the video /etc/passwd"));
    }

    [Test]
    public async Task What_is_not_there_has_an_exit_code_and_problem_details_of_the_service()
    {
        var (exitCode, output, errors) = await RunAsync("job", "99999", "--json");

        Assert.That((exitCode, output), Is.EqualTo((ExitCode.NotFound, string.Empty)));
        Assert.That(JsonElement.Parse(errors).GetProperty("status").GetInt32(), Is.EqualTo(404));
    }

    [Test]
    public async Task Watching_while_nothing_happens_ends_at_once_when_asked_to()
    {
        Assert.That(await OkAsync("watch", "--until-done"), Does.Contain("0 running"));
        Assert.That(JsonElement.Parse((await OkAsync("watch", "--until-done", "--json")).Split('\n')[0]).GetProperty("event").GetString(), Is.EqualTo("queue"));
    }

    private async Task<string> OkAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.That(exitCode, Is.Zero, $"{string.Join(' ', arguments)}:\n{errors}{output}");
        return output;
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        CliProgram.RunHereAsync(_server.HttpClient.BaseAddress!, arguments);
}
