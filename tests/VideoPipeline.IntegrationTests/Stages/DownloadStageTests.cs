using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class DownloadStageTests
{
    private StageBench _bench = null!;
    private FileServer _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = await StageBench.StartAsync();
        _server = await FileServer.StartAsync(await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4")));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _server.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task A_file_of_the_watched_folder_is_stored_and_described()
    {
        var video = await _bench.AddVideoAsync(_bench.Put(TestMedia.Sample("balle1-vp9.avi")));

        await _bench.CompleteAsync(JobType.Download, video);

        await using var db = _bench.Database();
        var artifact = await db.Artifacts.SingleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((artifact.Kind, artifact.Key, artifact.SizeBytes), Is.EqualTo((ArtifactKind.Source, "1/1/source.avi", 129_230L)));
            Assert.That(File.ReadAllBytes(_bench.Store.LocalPath(artifact.Key)), Is.EqualTo(File.ReadAllBytes(video.Url)));
            Assert.That(db.Videos.Single().DurationSeconds, Is.EqualTo(1.601).Within(0.01));
            Assert.That(db.Jobs.Single(j => j.JobType == JobType.Transform).Priority, Is.EqualTo(7));
        });
    }

    [Test]
    public async Task A_run_that_is_repeated_fetches_nothing()
    {
        var video = await _bench.AddVideoAsync(_bench.Put(TestMedia.Sample("balle1-vp9.avi")));
        await _bench.CompleteAsync(JobType.Download, video);
        File.Delete(video.Url);

        var again = await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(JsonDocument.Parse(again.Result!).RootElement.GetProperty("alreadyStored").GetBoolean());
    }

    [Test]
    public async Task A_truncated_file_fails_for_good_in_plain_words()
    {
        var video = await _bench.AddVideoAsync(_bench.Put(TestMedia.Sample("truncated.mp4")));

        var failure = await Assert.ThrowsAsync<PermanentFailureException>(async () => await _bench.CompleteAsync(JobType.Download, video));

        Assert.That(failure!.Message, Is.EqualTo(
            "truncated.mp4 is not a playable video: the file is truncated (its index, the moov atom, is missing). Fetch it again or remove it from the source."));
        Assert.That(_bench.Store.LocalPath("1/1/source.mp4"), Does.Not.Exist);
    }

    [TestCase("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n", "list.ts")]
    [TestCase("ffconcat version 1.0\nfile /etc/passwd\n", "list.mkv")]
    [TestCase("hello, world", "text.mp4")]
    public async Task Files_that_are_no_videos_fail_for_good(string content, string name)
    {
        var path = Path.Combine(_bench.SourceFolder, name);
        await File.WriteAllTextAsync(path, content);
        var video = await _bench.AddVideoAsync(path);

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>());
    }

    [Test]
    public async Task Sound_alone_is_no_video()
    {
        var sound = await TestMedia.MakeAsync(_bench.SourceFolder, "sound.mp4", "-f lavfi -i sine=duration=1 -c:a aac");
        var video = await _bench.AddVideoAsync(sound);

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("no video stream"));
    }

    [Test]
    public async Task A_file_outside_of_the_watched_folder_is_refused_however_it_is_reached()
    {
        var outside = Path.Combine(_bench.Root, "outside.mp4");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), outside);
        var link = Path.Combine(_bench.SourceFolder, "link.mp4");
        File.CreateSymbolicLink(link, outside);
        var video = await _bench.AddVideoAsync(link);

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("does not lie in"));
    }

    [TestCase(11.0, null)]
    [TestCase(null, 10.0)]
    public async Task A_channel_takes_the_durations_that_it_wants(double? min, double? max)
    {
        var video = await _bench.AddVideoAsync(
            _bench.Put(TestMedia.Sample("balle-jbart.mp4")), channel => channel.Filters = new() { MinDuration = min, MaxDuration = max });

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("lasts 10.2 s"));
    }

    [Test]
    public async Task A_full_disk_is_waited_for()
    {
        await using var full = await StageBench.StartAsync(("Download:MinimumFreeBytes", (long.MaxValue / 2).ToString()));
        var video = await full.AddVideoAsync(full.Put(TestMedia.Sample("balle-jbart.mp4")));

        Assert.That(async () => await full.CompleteAsync(JobType.Download, video), Throws.InstanceOf<SnoozeException>().With.Message.Contains("disk"));
    }

    [Test]
    public async Task A_cut_download_is_continued_by_the_next_attempt()
    {
        _server.CutAfter.Enqueue(300_000);
        _server.CutAfter.Enqueue(400_000);
        var video = await AddAsync(_server.Url());

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>());
        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>());
        await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("1/1/source.mp4")), Is.EqualTo(_server.Content));
        Assert.That(_server.Ranges.Count(range => range.StartsWith("bytes=", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(1));
        Assert.That(_server.Ranges.Last(), Does.Match("^bytes=[1-9][0-9]*-$"));
        Assert.That(Directory.GetFiles(_bench.Folders.PartialDownloads), Is.Empty);
    }

    [Test]
    public async Task A_file_that_has_changed_meanwhile_is_fetched_from_its_start()
    {
        _server.CutAfter.Enqueue(300_000);
        var video = await AddAsync(_server.Url());
        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>());

        _server.Content = await File.ReadAllBytesAsync(TestMedia.Sample("Megamind.avi"));
        _server.Tag = "\"v2\"";
        await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("1/1/source.avi")), Is.EqualTo(_server.Content));
    }

    [Test]
    public async Task A_process_that_died_after_the_last_byte_fetches_nothing_more()
    {
        _server.CutAfter.Enqueue(300_000);
        var video = await AddAsync(_server.Url());
        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>());
        await using (var partial = new FileStream(Path.Combine(_bench.Folders.PartialDownloads, "1.part"), FileMode.Append))
        {
            partial.Write(_server.Content.AsSpan((int)partial.Length));
        }

        await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("1/1/source.mp4")), Is.EqualTo(_server.Content));
        Assert.That(_server.Ranges.Last(), Is.EqualTo($"bytes={_server.Content.Length}-"));
    }

    [Test]
    public async Task Two_workers_do_not_write_the_same_download()
    {
        Directory.CreateDirectory(_bench.Folders.PartialDownloads);
        await using var other = new FileStream(Path.Combine(_bench.Folders.PartialDownloads, "1.part"), FileMode.Create, FileAccess.Write, FileShare.None);
        var video = await AddAsync(_server.Url());

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<TransientFailureException>());
        Assert.That(_server.Ranges, Is.Empty);
    }

    [TestCase("/status/404", typeof(PermanentFailureException))]
    [TestCase("/status/410", typeof(PermanentFailureException))]
    [TestCase("/status/403", typeof(PermanentFailureException))]
    [TestCase("/status/500", typeof(TransientFailureException))]
    [TestCase("/status/429", typeof(SourceRefusedException))]
    [TestCase("/status/429?retryAfter=60", typeof(SourceRefusedException))]
    [TestCase("/status/503", typeof(TransientFailureException))]
    [TestCase("/status/503?retryAfter=60", typeof(SourceRefusedException))]
    [TestCase("/circle", typeof(PermanentFailureException))]
    public async Task Failures_have_their_class(string path, Type failure)
    {
        var video = await AddAsync(_server.Url(path));

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf(failure));
    }

    [Test]
    public async Task A_redirect_is_followed()
    {
        var video = await AddAsync(_server.Url("/redirect"));

        await _bench.CompleteAsync(JobType.Download, video);

        Assert.That(_bench.Store.LocalPath("1/1/source.mp4"), Does.Exist);
    }

    [TestCase("localhost")]
    [TestCase("127.0.0.1")]
    [TestCase("[::ffff:127.0.0.1]")]
    public async Task This_machine_is_not_reached_unless_the_channel_may(string host)
    {
        var video = await _bench.AddVideoAsync(new UriBuilder(_server.Url()) { Host = host }.Uri.AbsoluteUri);

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("allowPrivateNetworks"));
        Assert.That(_server.Ranges, Is.Empty);
    }

    [TestCase("ftp://127.0.0.1/a.mp4")]
    [TestCase("file:///etc/passwd")]
    [TestCase("relative.mp4")]
    public async Task Other_addresses_are_refused(string url)
    {
        var video = await _bench.AddVideoAsync(url);

        Assert.That(async () => await _bench.CompleteAsync(JobType.Download, video), Throws.InstanceOf<PermanentFailureException>());
    }

    [Test]
    public async Task A_server_that_falls_silent_is_left()
    {
        await using var impatient = await StageBench.StartAsync(("Download:IdleTimeout", "00:00:00.3"));
        var video = await impatient.AddVideoAsync(_server.Url("/silent").AbsoluteUri, channel => channel.AllowPrivateNetworks = true);

        Assert.That(
            async () => await impatient.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<TransientFailureException>().With.Message.Contains("said nothing"));
    }

    [Test]
    public async Task A_server_that_drips_is_left()
    {
        await using var impatient = await StageBench.StartAsync(("Download:IdleTimeout", "00:00:01"), ("Download:MinimumSpeed", "10000"));
        await using var drips = await SourceServer.StartAsync();
        drips.OnEndless("/a.mp4", "video/mp4", new byte[10_000], TimeSpan.FromMilliseconds(20));
        var video = await impatient.AddVideoAsync(drips.Url("/a.mp4"), channel => channel.AllowPrivateNetworks = true);

        Assert.That(
            async () => await impatient.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<TransientFailureException>().With.Message.Contains("next to nothing"));
    }

    [Test]
    public async Task A_stream_without_an_end_is_left_at_the_limit()
    {
        await using var small = await StageBench.StartAsync(("Download:MaxSizeBytes", "5000000"));
        await using var endless = await SourceServer.StartAsync();
        endless.OnEndless("/a.mp4", "video/mp4", new byte[10]);
        var video = await small.AddVideoAsync(endless.Url("/a.mp4"), channel => channel.AllowPrivateNetworks = true);

        Assert.That(
            async () => await small.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("MaxSizeBytes"));
        Assert.That(Directory.GetFiles(small.Folders.PartialDownloads), Is.Empty);
    }

    [Test]
    public async Task Zero_bytes_are_no_video()
    {
        _server.Content = [];
        var video = await AddAsync(_server.Url());

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("the file is empty"));
    }

    [Test]
    public async Task An_empty_file_of_the_watched_folder_fails_for_good_in_plain_words()
    {
        var path = Path.Combine(_bench.SourceFolder, "empty.mp4");
        await File.WriteAllBytesAsync(path, []);
        var video = await _bench.AddVideoAsync(path);

        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("the file is empty"));
    }

    [Test]
    public async Task A_source_that_asks_for_a_moment_is_asked_again_after_it()
    {
        await using var server = await SourceServer.StartAsync();
        server.OnStatus("/a.mp4", 429, retryAfter: "2");
        var video = await _bench.AddVideoAsync(server.Url("/a.mp4"), channel => channel.AllowPrivateNetworks = true);
        var context = await _bench.ClaimAsync(JobType.Download, video.ChannelId, video.Id);
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(async () => await _bench.Stage(JobType.Download).RunAsync(context, CancellationToken.None));
        var rows = _bench.Get<JobRows>();
        var ended = (await rows.RefuseAsync(context.Job, refused!))!;
        Assert.That((ended.Status, ended.Attempts), Is.EqualTo((JobStatus.Retrying, 0)));
        server.OnFile("/a.mp4", TestMedia.Sample("balle-jbart.mp4"));

        await Eventually.TrueAsync(async () => await rows.QueueDueAsync(CancellationToken.None) is null, "the job is due", TimeSpan.FromSeconds(20));
        var downloaded = await _bench.CompleteAsync(JobType.Download, video);

        Assert.That((downloaded.Id, downloaded.Status, downloaded.Attempts), Is.EqualTo((ended.Id, JobStatus.Completed, 1)));
        await using var db = _bench.Database();
        Assert.That(await db.SourceStates.Select(state => state.Refusals).SingleAsync(), Is.Zero, "the answer makes it forgotten");
    }

    [Test]
    public async Task The_same_content_takes_its_room_once()
    {
        var one = await _bench.AddVideoAsync(_bench.Put(TestMedia.Sample("balle1-vp9.avi"), "one.avi"), channel => channel.Name = "One");
        var other = await _bench.AddVideoAsync(_bench.Put(TestMedia.Sample("balle1-vp9.avi"), "other.avi"), channel => channel.Name = "Other");
        await _bench.CompleteAsync(JobType.Download, one);
        await _bench.CompleteAsync(JobType.Download, other);

        var (_, inodes, _) = await TestMedia.RunAsync("stat", $"-c %i \"{_bench.Store.LocalPath("1/1/source.avi")}\" \"{_bench.Store.LocalPath("2/2/source.avi")}\"");
        Assert.That(inodes.Split('\n').Distinct().Count(), Is.EqualTo(1), inodes);
        await using var db = _bench.Database();
        Assert.That(db.Artifacts.Select(artifact => artifact.Sha256).Distinct().Count(), Is.EqualTo(1));

        // What replaces the one leaves the other alone.
        await File.WriteAllTextAsync(Path.Combine(_bench.Root, "new"), "new");
        await _bench.Store.MoveInAsync(Path.Combine(_bench.Root, "new"), "1/1/source.avi", CancellationToken.None);
        Assert.That(await File.ReadAllBytesAsync(_bench.Store.LocalPath("2/2/source.avi")), Is.EqualTo(await File.ReadAllBytesAsync(TestMedia.Sample("balle1-vp9.avi"))));
    }

    [Test]
    public async Task A_file_above_the_limit_is_refused()
    {
        await using var small = await StageBench.StartAsync(("Download:MaxSizeBytes", "1000"));
        var video = await small.AddVideoAsync(_server.Url().AbsoluteUri, channel => channel.AllowPrivateNetworks = true);

        Assert.That(
            async () => await small.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("MaxSizeBytes"));
        Assert.That(Directory.GetFiles(small.Folders.PartialDownloads), Is.Empty);
    }

    private Task<Video> AddAsync(Uri url) => _bench.AddVideoAsync(url.AbsoluteUri, channel => channel.AllowPrivateNetworks = true);
}
