using System.Text.Json;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Channels over the network, from the listing of their source to the published file.</summary>
[Category(TestCategories.Heavy)]
internal sealed class SourceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private TemporaryFolder _folder = null!;
    private SourceServer _source = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new();
        _source = await SourceServer.StartAsync();
        _source.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        _source.OnFile("/2.avi", TestMedia.Sample("balle1-vp9.avi"), "video/x-msvideo");
        _source.OnText("/feed.xml", _source.Rss(("One ../../talk", "/1.mp4"), ("Two", "/2.avi")));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("feed")]
    [TestCase("ytdlp")]
    public async Task All_videos_of_a_source_are_published_once(string kind)
    {
        // Settings of the user that the service must not follow.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = _folder.NewFolder("config") };
        Directory.CreateDirectory(_folder.Of("config/yt-dlp"));
        await File.WriteAllTextAsync(_folder.Of("config/yt-dlp/config"), $"--exec \"touch {_folder.Of("executed")}\"\n-o {_folder.Of("elsewhere")}\n");
        var data = new DataFolder(_folder.NewFolder("data"));
        await using var server = await ServerProcess.StartAsync(data.Path, settings);
        var api = new ServiceApi(server.HttpClient);
        var channel = await AddChannelAsync(api, kind);

        for (var scrape = 0; scrape < 2; scrape++)
        {
            await api.PostAsync($"/api/channels/{channel}/scrape");
            await api.UntilIdleAsync(Patience);
        }

        var published = (await api.VideosAsync()).Select(video => video.GetProperty("publications").EnumerateArray().Select(publication => Text(publication, "location")!).Single()).ToList();
        Assert.That(published, Has.Count.EqualTo(2));
        Assert.That(published, Has.All.StartsWith(data.Published + "/"));
        foreach (var file in published)
        {
            await TestMedia.AssertPlayableAsync(file);
        }

        Assert.That((await api.JobsAsync()).Where(job => Text(job, "status") != "completed"), Is.Empty);
        Assert.That(await api.JobsAsync("jobType=download"), Has.Count.EqualTo(2));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "config", "data" }));
        data.AssertNoLeftovers();
    }

    [Test]
    public async Task A_source_that_refuses_pauses_its_channel_alone_and_is_asked_again_by_itself()
    {
        _source.OnStatus("/1.mp4", 429);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["VideoPipeline__Sources__PauseDelay"] = "00:00:04" };
        await using var server = await ServerProcess.StartAsync(_folder.NewFolder("data"), settings);
        var api = new ServiceApi(server.HttpClient);
        var channel = await AddChannelAsync(api, "feed");
        await api.PostAsync($"/api/channels/{channel}/scrape");

        var pause = await UntilPausedAsync(api, channel);
        Assert.That((Text(pause, "reason"), Number(pause, "refusals")), Is.EqualTo(("The server answered 429 (TooManyRequests) and asks to come again later.", 1L)));
        var waiting = await Eventually.ValueAsync(
            async () => (await api.JobsAsync("status=retrying&jobType=download")) is [var first, ..] ? new Waiting(first) : null, "its download waits");
        Assert.That(Number(waiting.Job, "attempts"), Is.Zero, "no attempt was spent");
        Assert.That(Text(waiting.Job, "waitReason"), Does.Contain("429"));

        // Once more refused, for longer, then let in.
        await Eventually.TrueAsync(async () => Number(await UntilPausedAsync(api, channel), "refusals") >= 2, "it is refused again");
        _source.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        await api.UntilIdleAsync(Patience);

        Assert.That((await api.GetAsync($"/api/channels/{channel}")).GetProperty("pause").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await api.JobsAsync()).Where(job => Text(job, "status") != "completed"), Is.Empty);
        Assert.That(await api.JobsAsync("jobType=publish"), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_operator_ends_a_pause_and_what_waited_for_it_runs()
    {
        _source.OnStatus("/feed.xml", 503, retryAfter: "3600");
        await using var server = await ServerProcess.StartAsync(_folder.NewFolder("data"));
        var api = new ServiceApi(server.HttpClient);
        var channel = await AddChannelAsync(api, "feed");
        var scrape = Id(await api.PostAsync($"/api/channels/{channel}/scrape"));
        var pause = await UntilPausedAsync(api, channel);
        Assert.That(pause.GetProperty("until").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), Is.EqualTo(TimeSpan.FromHours(1)).Within(TimeSpan.FromMinutes(1)));
        await api.UntilAsync(scrape, "retrying");

        _source.OnText("/feed.xml", _source.Rss(("Two", "/2.avi")));
        var resumed = await api.PostAsync($"/api/channels/{channel}/resume");

        Assert.That(resumed.GetProperty("pause").ValueKind, Is.EqualTo(JsonValueKind.Null));
        await api.UntilAsync(scrape, "completed");
        await api.UntilIdleAsync(Patience);
        Assert.That(await api.JobsAsync("jobType=publish&status=completed"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_killed_service_leaves_no_yt_dlp_behind_and_goes_on_where_it_was()
    {
        _source.OnFileThatStops("/1.mp4", TestMedia.Sample("balle-jbart.mp4"), after: 600_000);
        var data = new DataFolder(_folder.NewFolder("data"));
        long video;
        await using (var killed = await ServerProcess.StartAsync(data.Path))
        {
            var api = new ServiceApi(killed.HttpClient);
            (video, _) = await api.AddVideoAsync(await AddChannelAsync(api, "ytdlp"), _source.Url("/1.mp4"));
            await Eventually.TrueAsync(
                () => Directory.Exists(data.Downloads) && Directory.EnumerateFiles(data.Downloads, "*.part", SearchOption.AllDirectories).Any(part => new FileInfo(part).Length > 0),
                "bytes arrive");
            killed.Kill();
        }

        var orphans = OperatingSystemProcess.ProgramsOn(data.Path);
        Assert.That(orphans, Is.Not.Empty, "yt-dlp waits for its server");
        _source.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));

        await using var server = await ServerProcess.StartAsync(data.Path);
        Assert.That(OperatingSystemProcess.ProgramsOn(data.Path).Intersect(orphans), Is.Empty);
        var again = new ServiceApi(server.HttpClient);
        await again.UntilStageAsync(video, "publish", "completed", Patience);
        Assert.That(_source.Requests.Select(request => request.Headers.Range.ToString()), Has.Some.Match("^bytes=[1-9][0-9]*-"));
        data.AssertNoLeftovers();
    }

    private static async Task<JsonElement> UntilPausedAsync(ServiceApi api, long channel)
    {
        JsonElement pause = default;
        await Eventually.TrueAsync(
            async () => (pause = (await api.GetAsync("/api/channels")).GetProperty("items").EnumerateArray().Single(row => Id(row) == channel).GetProperty("pause")).ValueKind == JsonValueKind.Object,
            "the channel is paused");
        return pause;
    }

    private async Task<long> AddChannelAsync(ServiceApi api, string kind) => Id(await api.PostAsync(
        "/api/channels", new { name = kind, source = new { kind, url = _source.Url("/feed.xml") }, rights = "own", allowPrivateNetworks = true }));

    private sealed record Waiting(JsonElement Job);
}
