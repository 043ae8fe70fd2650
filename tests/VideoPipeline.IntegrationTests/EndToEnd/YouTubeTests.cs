using System.Diagnostics;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.IntegrationTests.Stages.YouTube;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>YouTube as the service's user meets it.</summary>
internal sealed class YouTubeTests
{
    [Test]
    public async Task A_video_file_becomes_a_video_on_YouTube()
    {
        using var folder = new TemporaryFolder();
        await using var youTube = await YouTubeServer.StartAsync();
        await using var server = await ServerProcess.StartAsync(folder.NewFolder("data"), Environment(youTube, folder));
        var api = new ServiceApi(server.HttpClient);
        var source = folder.NewFolder("source");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), Path.Combine(source, "A ball.mp4"));
        var channel = await api.PostAsync("/api/channels", new
        {
            name = "Physics",
            source = new { kind = "folder", url = source },
            rights = "licensed",
            attribution = "© A. Teacher, CC BY",
            target = new { kind = "youtube", youtube = new { title = "{title} ({channel})", tags = new[] { "physics" }, privacy = "unlisted" } },
        });
        await api.PostAsync($"/api/channels/{Id(channel)}/scrape");

        await Eventually.TrueAsync(async () => (await api.VideosAsync()).Count == 1, "the video is found");
        var job = await api.UntilStageAsync(Id((await api.VideosAsync())[0]), "publish", "completed", TimeSpan.FromMinutes(2));
        var published = youTube.Video();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(published.Title, Is.EqualTo("A ball (Physics)"));
            Assert.That(published.Description, Does.Contain("© A. Teacher, CC BY"));
            Assert.That(published.Privacy, Is.EqualTo("unlisted"));
            Assert.That(published.Thumbnail, Is.Not.Null);
            Assert.That(Text(job.GetProperty("result"), "sha256"), Is.EqualTo(published.Sha256));
            Assert.That(Text(channel.GetProperty("target"), "kind"), Is.EqualTo("youtube"));
            Assert.That(Text(channel.GetProperty("target").GetProperty("youtube"), "privacy"), Is.EqualTo("unlisted"));
        }
    }

    [Test]
    public async Task A_large_file_is_sent_in_little_memory()
    {
        const int Size = 400_000_000;
        using var folder = new TemporaryFolder();
        await using var youTube = await YouTubeServer.StartAsync();
        var data = new DataFolder(folder.NewFolder("data"));
        PublishableVideo video;
        await using (var db = data.Open())
        {
            await db.MigrateAsync(CancellationToken.None);
            video = await PublishableVideo.AddAsync(db, Path.Combine(data.Path, "artifacts"), Size);
        }

        var settings = Environment(youTube, folder);
        settings.Remove("VideoPipeline__YouTube__ChunkSizeBytes");
        await using var server = await ServerProcess.StartAsync(data.Path, settings);
        var api = new ServiceApi(server.HttpClient);
        await api.GetAsync("/api/queue");
        var idle = OperatingSystemProcess.PeakMemory(server.Id);

        await api.UntilAsync(
            Id(await api.PostAsync("/api/jobs", new { jobType = "publish", videoId = video.Video.Id })), "completed", TimeSpan.FromMinutes(2));

        var more = OperatingSystemProcess.PeakMemory(server.Id) - idle;
        TestContext.Out.WriteLine($"{more:0} MiB more than idle ({idle:0} MiB) for {Size / 1e6:0} MB");
        Assert.That(youTube.Video().Sha256, Is.EqualTo(video.Sha256));
        Assert.That(more, Is.LessThan(96));
    }

    [Test]
    public async Task Signing_in_stores_what_only_its_owner_can_read()
    {
        using var folder = new TemporaryFolder();
        await using var youTube = await YouTubeServer.StartAsync();
        var settings = Environment(youTube, folder);
        File.Delete(folder.Of("token.json"));
        var login = Start(settings);
        using var ended = new EndOfProcess(login);
        var errors = login.StandardError.ReadToEndAsync();
        string? url;
        do
        {
            url = await login.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Patience);
        }
        while (url?.StartsWith(youTube.Url.AbsoluteUri, StringComparison.Ordinal) == false);

        // The browser of somebody who agrees: it is sent on to the waiting program.
        using var browser = new HttpClient();
        Assert.That(await browser.GetStringAsync(url), Does.Contain("Signed in"));
        var output = await login.StandardOutput.ReadToEndAsync();
        await login.WaitForExitAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(login.ExitCode, Is.Zero, await errors);
            Assert.That(output, Does.Contain($"Signed in to the YouTube channel Talks ({YouTubeServer.ChannelId})").And.Contain("ssh -L"));
            Assert.That(File.ReadAllText(folder.Of("token.json")), Does.Contain(YouTubeServer.RefreshToken));
            Assert.That((await TestMedia.RunAsync("stat", $"-c %a \"{folder.Of("token.json")}\"")).Output, Is.EqualTo("600"));
            Assert.That(url, Does.Contain("code_challenge_method=S256").And.Contain("access_type=offline").And.Contain("youtube.upload"));
        }
    }

    [Test]
    public async Task Signing_in_without_a_client_names_the_settings()
    {
        using var folder = new TemporaryFolder();
        using var login = Start(new(StringComparer.Ordinal) { ["VideoPipeline__DataDirectory"] = folder.Path });
        var errors = await login.StandardError.ReadToEndAsync();
        await login.WaitForExitAsync();

        Assert.That(login.ExitCode, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("VideoPipeline:YouTube:ClientId").And.Contain("desktop app"));
    }

    private static Process Start(Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "VideoPipeline.Server.dll"), "youtube-login"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static Dictionary<string, string> Environment(YouTubeServer youTube, TemporaryFolder folder) =>
        youTube.Settings(folder.Of("token.json")).ToDictionary(pair => $"VideoPipeline__{pair.Key.Replace(":", "__")}", pair => pair.Value);
}
