using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>The service is killed at chosen instants, and goes on where it was.</summary>
[Category(TestCategories.Heavy)]
internal sealed class KilledAtTests
{
    private static readonly Dictionary<string, string> NoDownloads = new(StringComparer.Ordinal) { ["VideoPipeline__Workers__Download"] = "0" };

    [Test]
    public async Task A_transfer_goes_on_where_it_was_cut()
    {
        const int Received = 7_000_000;
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        await using var files = await FileServer.StartAsync(await File.ReadAllBytesAsync(TestMedia.Sample("vtest.avi")));
        files.FallSilentAfter.Enqueue(Received);
        long download;
        await using (var first = await ServerProcess.StartAsync(data.Path))
        {
            var api = new ServiceApi(first.HttpClient);
            await api.PostAsync("/api/queue/pause", new { jobType = "transform" });
            (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("remote", folder.NewFolder("source")), files.Url().AbsoluteUri);
            await Eventually.TrueAsync(
                () => Directory.Exists(data.Downloads) && Directory.GetFiles(data.Downloads, "*.part").Any(part => new FileInfo(part).Length == Received),
                "all that was sent is on the disk");
            first.Kill();
        }

        await using var second = await ServerProcess.StartAsync(data.Path);
        var job = await new ServiceApi(second.HttpClient).UntilAsync(download, "completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.Ranges, Is.EqualTo(new[] { "", $"bytes={Received}-" }));
            Assert.That(Number(job.GetProperty("result"), "sizeBytes"), Is.EqualTo(files.Content.Length));
            Assert.That(Text(job.GetProperty("result"), "sha256"), Is.EqualTo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(files.Content))));
            Assert.That((Number(job, "attempts"), Number(job, "lostAttempts")), Is.EqualTo((2L, 1L)));
            Assert.That(Directory.GetFiles(data.Downloads), Is.Empty);
        }
    }

    [Test]
    public async Task A_video_is_published_once_though_the_service_dies_in_every_stage_and_after_each()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = await GeneratedVideo.LargeAsync(source, "large.mp4");
        long video = 0;

        await RunUntilKilledAsync(async api =>
        {
            // Publishing waits for the test to look: it is over soon after a start.
            await api.PostAsync("/api/queue/pause", new { jobType = "publish" });
            (video, _) = await api.AddVideoAsync(await api.AddChannelAsync("large", source), file);
            await Eventually.TrueAsync(() => data.Files("work").Any(name => name.EndsWith("source.part", StringComparison.Ordinal)), "the copy has begun");
        });
        await RunUntilKilledAsync(api => api.UntilStageAsync(video, "download", "completed"));
        await RunUntilKilledAsync(api => Eventually.TrueAsync(() => data.Files("work").Any(name => name.EndsWith("output.mp4", StringComparison.Ordinal)), "ffmpeg writes"));
        await RunUntilKilledAsync(api => api.UntilStageAsync(video, "transform", "completed"));
        await RunUntilKilledAsync(async api =>
        {
            await api.PostAsync("/api/queue/resume");
            await Eventually.TrueAsync(() => data.Files("published").Any(name => name.EndsWith(".partial", StringComparison.Ordinal)), "the copy has begun");
        });
        Assert.That(data.Files("published").Where(name => name.EndsWith(".mp4", StringComparison.Ordinal)), Is.Empty, "half of it can't be seen");
        await RunUntilKilledAsync(api => api.UntilStageAsync(video, "publish", "completed"));

        await using var last = await ServerProcess.StartAsync(data.Path);
        var final = new ServiceApi(last.HttpClient);
        await final.UntilIdleAsync(TimeSpan.FromSeconds(20));
        var jobs = await final.JobsAsync();
        var published = (await final.GetAsync($"/api/videos/{video}")).GetProperty("publications").EnumerateArray().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(jobs.Select(job => (Text(job, "jobType"), Text(job, "status"))),
                Is.EqualTo(new[] { ("download", "completed"), ("transform", "completed"), ("publish", "completed") }));
            Assert.That(jobs.Select(job => Number(job, "lostAttempts")), Is.All.GreaterThanOrEqualTo(1), "each stage was interrupted");
            Assert.That(data.Files("published"), Is.EqualTo(new[] { "large/large [1].jpg", "large/large [1].json", "large/large [1].mp4" }));
            Assert.That(new FileInfo(Text(published, "location")!).Length, Is.EqualTo(Number(jobs[1].GetProperty("result"), "sizeBytes")));
        }

        await TestMedia.AssertPlayableAsync(Text(published, "location")!);
        data.AssertNoLeftovers();

        async Task RunUntilKilledAsync(Func<ServiceApi, Task> reach)
        {
            await using var server = await ServerProcess.StartAsync(data.Path);
            await reach(new ServiceApi(server.HttpClient));
            server.Kill();
        }
    }

    [Test]
    public async Task A_deletion_that_was_cut_off_is_finished_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), Path.Combine(source, "unwanted.mp4"));
        long download;
        await using (var first = await ServerProcess.StartAsync(data.Path, NoDownloads))
        {
            var api = new ServiceApi(first.HttpClient);
            (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("deleted", source), Path.Combine(source, "unwanted.mp4"));
            first.Kill();
        }

        // What a kill leaves between a deletion's two steps; too short a moment to hit it.
        await using (var db = data.Open())
        {
            await db.Channels.ExecuteUpdateAsync(set => set.SetProperty(c => c.DeletedAt, TimeProvider.System.GetUtcNow()));
        }

        await using var second = await ServerProcess.StartAsync(data.Path);
        var job = await new ServiceApi(second.HttpClient).JobAsync(download);
        Assert.That((Text(job, "status"), Number(job, "attempts")), Is.EqualTo(("cancelled", 0L)));
        Assert.That(data.Files("artifacts"), Is.Empty);
    }

    [Test]
    public async Task The_next_start_ends_the_ffmpeg_of_a_killed_service_and_begins_again()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = await GeneratedVideo.LongAsync(source, "long.avi");
        long transform;
        IReadOnlyList<int> orphans;
        await using (var first = await ServerProcess.StartAsync(data.Path))
        {
            var api = new ServiceApi(first.HttpClient);
            var (video, _) = await api.AddVideoAsync(await api.AddChannelAsync("long", source), file);
            transform = Id(await api.UntilStageAsync(video, "transform", "processing"));
            await api.UntilAsync(transform, job => job.GetProperty("progress").GetDouble() > 1, "it makes progress");
            orphans = OperatingSystemProcess.MediaProgramsOn(data.Path);
            Assert.That(orphans, Is.Not.Empty);
            first.Kill();
        }

        await using var second = await ServerProcess.StartAsync(data.Path);
        var again = new ServiceApi(second.HttpClient);
        await again.UntilAsync(transform, job => Text(job, "status") == "processing" && Number(job, "lostAttempts") == 1, "it runs again");
        Assert.That(OperatingSystemProcess.MediaProgramsOn(data.Path), Is.Not.SupersetOf(orphans));
        Assert.That(data.Work(), Has.Count.LessThanOrEqualTo(1), "what the killed attempt wrote is gone");
    }
}
