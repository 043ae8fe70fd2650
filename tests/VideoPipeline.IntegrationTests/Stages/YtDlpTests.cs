using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Scrape;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>With the yt-dlp that is installed, on a server of our own.</summary>
[Category(TestCategories.Heavy)]
public sealed class YtDlpTests
{
    private StageBench _bench = null!;
    private SourceServer _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = await StageBench.StartAsync(("Download:MaxSizeBytes", "20000000"));
        _server = await SourceServer.StartAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _server.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task A_playlist_is_listed_and_its_videos_are_fetched()
    {
        _server.OnText("/list.xml", _server.Rss(("One\n../talk", "/1.mp4"), ("Two", "/2.avi")));
        _server.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        _server.OnFile("/2.avi", TestMedia.Sample("balle1-vp9.avi"), "video/x-msvideo");
        var channel = await AddAsync("/list.xml");

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(2, 2, 0)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(2, 0, 0)));

        await using var db = _bench.Database();
        var videos = await db.Videos.OrderBy(video => video.Id).ToListAsync();
        Assert.That(videos.Select(video => (video.Title, video.Url)), Is.EqualTo(new[] { ("One ../talk", _server.Url("/1.mp4")), ("Two", _server.Url("/2.avi")) }));
        foreach (var video in videos)
        {
            await _bench.CompleteAsync(JobType.Download, video);
        }

        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("1/1/source.mp4")), Is.EqualTo(await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4"))));
        Assert.That(_bench.Store.LocalPath("1/2/source.avi"), Does.Exist);
        Assert.That(Directory.EnumerateFileSystemEntries(_bench.Folders.PartialDownloads), Is.Empty);
        Assert.That(Directory.EnumerateDirectories(_bench.Folders.Work), Is.EqualTo(new[] { _bench.Folders.PartialDownloads }));
    }

    [Test]
    public async Task Picture_and_sound_that_come_apart_are_put_together_in_the_size_that_is_needed()
    {
        var folder = Path.Combine(_bench.Root, "dash");
        await TestMedia.MakeAsync(
            folder,
            "list.mpd",
            "-f lavfi -i testsrc2=size=640x360:rate=25:duration=4 -f lavfi -i sine=duration=4 -map 0 -map 0 -map 1 -c:v libx264 -preset ultrafast -s:v:1 3840x2160 -c:a aac -seg_duration 2 -f dash");
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            _server.OnFile("/" + Path.GetFileName(file), file, file.EndsWith(".mpd", StringComparison.Ordinal) ? "application/dash+xml" : "video/mp4");
        }

        var video = await AddVideoAsync("/list.mpd");

        await _bench.CompleteAsync(JobType.Download, video);

        await using var db = _bench.Database();
        var artifact = await db.Artifacts.SingleAsync();
        var (_, streams, _) = await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type,height -of csv=p=0 \"{_bench.Store.LocalPath(artifact.Key)}\"");
        Assert.That(streams.Split('\n').Select(line => line.Trim()), Is.EquivalentTo(new[] { "video,360", "audio" }), "not the picture with 2160 lines");
        await TestMedia.AssertPlayableAsync(_bench.Store.LocalPath(artifact.Key));
        Assert.That(_bench.Progress.Select(progress => progress.Percent), Is.Ordered.And.Some.GreaterThan(50));
    }

    [Test]
    public async Task A_cancelled_download_ends_its_processes_and_is_continued_where_it_was()
    {
        var file = TestMedia.Sample("balle-jbart.mp4");
        _server.OnFileThatStops("/1.mp4", file, after: 600_000);
        var video = await AddVideoAsync("/1.mp4");
        using var cancel = new CancellationTokenSource();
        var running = _bench.CompleteAsync(JobType.Download, video, cancel.Token);
        var folder = YtDlpDownload.FolderOf(_bench.Folders, video.Id);
        await Eventually.TrueAsync(() => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.part").Any(part => new FileInfo(part).Length > 0), "bytes arrive");
        Assert.That(OperatingSystemProcess.ProgramsOn(folder), Is.Not.Empty);

        await cancel.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(OperatingSystemProcess.ProgramsOn(folder), Is.Empty);
        _server.OnFile("/1.mp4", file);
        await _bench.CompleteAsync(JobType.Download, video);
        Assert.That(_server.Requests.Select(request => request.Headers.Range.ToString()), Has.Some.Match("^bytes=[1-9][0-9]*-"));
        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("1/1/source.mp4")), Is.EqualTo(await File.ReadAllBytesAsync(file)));
    }

    [Test]
    public async Task A_process_that_died_before_the_file_was_stored_fetches_nothing_more()
    {
        _server.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        var video = await AddVideoAsync("/1.mp4");
        var context = await _bench.ClaimAsync(JobType.Download, video.ChannelId, video.Id);
        await _bench.Get<YtDlpDownload>().FetchAsync(context, _ => { }, CancellationToken.None);
        await _bench.Get<JobRows>().FailAsync(context.Job, new PermanentFailureException("died"));
        var before = _server.Requests.Count;

        await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(_server.Requests.Skip(before).Where(request => HasBody(request.Headers)), Is.Empty);
        Assert.That(_bench.Store.LocalPath("1/1/source.mp4"), Does.Exist);

        // yt-dlp looks at the page, of which it reads the first bytes only.
        static bool HasBody(IHeaderDictionary headers) => headers.Range.ToString() is { Length: > 0 } range && range != "bytes=0-";
    }

    [Test]
    public async Task Cookies_are_sent_and_stay_as_they_are()
    {
        var cookies = Path.Combine(_bench.Root, "cookies.txt");
        await File.WriteAllTextAsync(cookies, "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tsession\tsecret\n");
        await using var bench = await StageBench.StartAsync(("YtDlp:CookiesFile", cookies));
        _server.On("/1.mp4", context =>
        {
            context.Response.Headers.SetCookie = "session=changed; Path=/";
            return Results.File(TestMedia.Sample("balle-jbart.mp4"), "video/mp4", enableRangeProcessing: true).ExecuteAsync(context);
        });
        var video = await bench.AddVideoAsync(_server.Url("/1.mp4"), AsYtDlp);

        await bench.CompleteAsync(JobType.Download, video);

        Assert.That(_server.Requests.First().Headers.Cookie.ToString(), Does.Contain("session=secret"));
        Assert.That(await File.ReadAllTextAsync(cookies), Does.Contain("secret").And.Not.Contain("changed"));
    }

    [Test]
    public async Task A_limited_rate_is_kept()
    {
        await using var bench = await StageBench.StartAsync(("YtDlp:RateLimit", "500000"));
        _server.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        var video = await bench.AddVideoAsync(_server.Url("/1.mp4"), AsYtDlp);
        var startedAt = TimeProvider.System.GetTimestamp();

        await bench.CompleteAsync(JobType.Download, video);

        Assert.That(TimeProvider.System.GetElapsedTime(startedAt), Is.GreaterThan(TimeSpan.FromSeconds(1.8)), "1.1 MB at 500 kB/s");
    }

    [TestCase(429)]
    [TestCase(403)]
    public async Task A_site_that_refuses_to_be_listed_pauses_the_channel(int status)
    {
        _server.OnStatus("/list.xml", status);
        var channel = await AddAsync("/list.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<SourceRefusedException>().With.Message.Contains(status.ToString()));
    }

    [TestCase(429, typeof(SourceRefusedException))]
    [TestCase(404, typeof(PermanentFailureException))]
    [TestCase(403, typeof(TransientFailureException))]
    [TestCase(500, typeof(TransientFailureException))]
    public async Task Failures_of_downloads_have_their_class(int status, Type failure)
    {
        _server.OnStatus("/1.mp4", status);
        var video = await AddVideoAsync("/1.mp4");

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf(failure).With.Message.Contains(status.ToString()));
    }

    [Test]
    public async Task A_page_with_several_videos_is_no_video()
    {
        _server.OnText("/list.xml", _server.Rss(("One", "/1.mp4"), ("Two", "/2.mp4")));
        _server.OnFile("/1.mp4", TestMedia.Sample("balle-jbart.mp4"));
        var video = await AddVideoAsync("/list.xml");

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("2 videos"));
    }

    [TestCase("localhost")]
    [TestCase("127.0.0.1")]
    [TestCase("2130706433")]
    [TestCase("[::ffff:127.0.0.1]")]
    public async Task This_machine_is_not_reached_unless_the_channel_may(string host)
    {
        var url = _server.Url("/1.mp4").Replace("127.0.0.1", host, StringComparison.Ordinal);
        var video = await _bench.AddVideoAsync(url, channel => channel.SourceKind = SourceKind.Ytdlp);
        var channel = await _bench.AddChannelAsync(channel => (channel.Name, channel.SourceKind, channel.SourceUrl) = ("Other", SourceKind.Ytdlp, url));

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("allowPrivateNetworks"));
        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("allowPrivateNetworks"));
        Assert.That(_server.Requests, Is.Empty);
    }

    [TestCase("file:///etc/passwd")]
    [TestCase("--exec=touch x")]
    [TestCase("ytsearch:x")]
    public async Task Other_addresses_are_refused(string url)
    {
        var video = await _bench.AddVideoAsync(url, AsYtDlp);

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>());
    }

    [Test]
    public async Task A_playlist_that_names_files_of_this_machine_gets_none_of_them()
    {
        var secret = Path.Combine(_bench.Root, "secret.mp4");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), secret);
        _server.OnText("/1.mp4", $"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl", tag: null);
        var video = await AddVideoAsync("/1.mp4");

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<StageException>());
        Assert.That(Directory.Exists(_bench.Folders.Artifacts) ? Directory.GetFiles(_bench.Folders.Artifacts, "*", SearchOption.AllDirectories) : [], Is.Empty);
    }

    [Test]
    public async Task Sound_that_is_a_playlist_of_files_of_this_machine_is_not_put_to_the_picture()
    {
        var picture = await TestMedia.MakeAsync(_bench.Root, "picture.ts", "-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");
        var sound = await TestMedia.MakeAsync(_bench.Root, "sound.aac", "-f lavfi -i sine=duration=1 -c:a aac");
        var secret = await TestMedia.MakeAsync(_bench.Root, "secret.mp4", $"-i \"{sound}\" -c copy");
        OnPlaylist("/list.m3u8", "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",DEFAULT=YES,URI=\"sound.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS=\"avc1.42c00a,mp4a.40.2\",RESOLUTION=64x64,AUDIO=\"a\"\npicture.m3u8");
        OnPlaylist("/picture.m3u8", "#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npicture.ts\n#EXT-X-ENDLIST");
        OnPlaylist("/sound.m3u8", "#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsound.aac\n#EXT-X-ENDLIST");
        _server.OnFile("/picture.ts", picture, "video/mp2t");
        var video = await AddVideoAsync("/list.m3u8");

        OnPlaylist("/sound.aac", $"#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST");
        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<StageException>());
        Assert.That(Directory.Exists(_bench.Folders.Artifacts) ? Directory.GetFiles(_bench.Folders.Artifacts, "*", SearchOption.AllDirectories) : [], Is.Empty);

        // Honest sound is.
        PipelineFolders.Remove(YtDlpDownload.FolderOf(_bench.Folders, video.Id));
        _server.OnFile("/sound.aac", sound, "audio/aac");
        await _bench.CompleteAsync(JobType.Download, video);
        await using var db = _bench.Database();
        var (_, streams, _) = await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type -of csv=p=0 \"{_bench.Store.LocalPath((await db.Artifacts.SingleAsync()).Key)}\"");
        Assert.That(streams.Split('\n').Select(line => line.Trim()), Is.EquivalentTo(new[] { "video", "audio" }));

        void OnPlaylist(string path, string lines) => _server.OnText(path, $"#EXTM3U\n{lines}\n", "application/vnd.apple.mpegurl", tag: null);
    }

    [TestCase("hello, world", typeof(StageException))]
    [TestCase("", typeof(StageException))]
    public async Task What_is_no_video_fails(string content, Type failure)
    {
        _server.OnText("/1.mp4", content, "video/mp4", tag: null);
        var video = await AddVideoAsync("/1.mp4");

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf(failure));
    }

    [Test]
    public async Task A_stream_without_an_end_is_left_at_the_limit()
    {
        _server.OnEndless("/1.mp4", "video/mp4", await HeadOfAVideoAsync());
        var video = await AddVideoAsync("/1.mp4");

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("MaxSizeBytes"));
        Assert.That(Directory.EnumerateFileSystemEntries(_bench.Folders.PartialDownloads), Is.Empty);
    }

    [Test]
    public async Task A_server_that_falls_silent_is_left()
    {
        await using var impatient = await StageBench.StartAsync(("YtDlp:StallTimeout", "00:00:04"));
        _server.OnFileThatStops("/1.mp4", TestMedia.Sample("balle-jbart.mp4"), after: 600_000);
        var video = await impatient.AddVideoAsync(_server.Url("/1.mp4"), AsYtDlp);

        Assert.That(async () => await impatient.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>().With.Message.Contains("no further"));
        Assert.That(OperatingSystemProcess.ProgramsOn(impatient.Root), Is.Empty);
    }

    [Test]
    public async Task A_listing_that_takes_too_long_is_left()
    {
        await using var impatient = await StageBench.StartAsync(("YtDlp:ListTimeout", "00:00:03"));
        _server.OnEndless("/list.xml", "application/rss+xml", Encoding.UTF8.GetBytes("<rss version='2.0'><channel>"), TimeSpan.FromMilliseconds(50));
        var channel = await impatient.AddChannelAsync(channel => (channel.SourceKind, channel.SourceUrl, channel.AllowPrivateNetworks) = (SourceKind.Ytdlp, _server.Url("/list.xml"), true));

        Assert.That(async () => await impatient.ScrapeAsync(channel), Throws.InstanceOf<TransientFailureException>().With.Message.Contains("longer than"));
    }

    [Test]
    public async Task What_is_not_installed_is_said()
    {
        await using var without = await StageBench.StartAsync(("YtDlp:Path", "/no/such/yt-dlp"));
        var video = await without.AddVideoAsync(_server.Url("/1.mp4"), AsYtDlp);

        Assert.That(
            async () => await without.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<TransientFailureException>().With.Message.Contains("VideoPipeline__YtDlp__Path"));
        Assert.That(await without.Get<YtDlpVersion>().FindAsync(CancellationToken.None), Is.Null);
        Assert.That((await _bench.Get<YtDlpVersion>().FindAsync(CancellationToken.None))?.Version, Does.Match(@"^20\d\d\.\d\d\.\d\d"));
    }

    private static ScrapeResult Result(VideoProcessingJob job) => JsonSerializer.Deserialize<ScrapeResult>(job.Result!, JsonSerializerOptions.Web)!;

    private static void AsYtDlp(Channel channel) => (channel.SourceKind, channel.AllowPrivateNetworks) = (SourceKind.Ytdlp, true);

    private static async Task<byte[]> HeadOfAVideoAsync() => (await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4")))[..100_000];

    private Task<Video> AddVideoAsync(string path) => _bench.AddVideoAsync(_server.Url(path), AsYtDlp);

    private Task<Channel> AddAsync(string path) => _bench.AddChannelAsync(channel =>
    {
        AsYtDlp(channel);
        channel.SourceUrl = _server.Url(path);
    });
}
