using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3.Model;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.Jobs;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.Artifacts;

/// <summary>The real service, with its artifacts on a real S3 server.</summary>
internal sealed class S3ServiceTests
{
    [Test]
    public async Task A_video_goes_through_all_stages_and_its_artifacts_can_be_fetched()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = Path.Combine(source, "balle-jbart.mp4");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file);
        var original = await File.ReadAllBytesAsync(file);
        var bucket = await S3Server.NewBucketAsync();
        await using var server = await ServerProcess.StartAsync(data.Path, S3Server.Settings(bucket));
        var api = new ServiceApi(server.HttpClient);

        var (id, _) = await api.AddVideoAsync(await api.AddChannelAsync("remote", source), file);
        await api.UntilStageAsync(id, "publish", "completed", TimeSpan.FromSeconds(60));

        var video = await api.GetAsync($"/api/videos/{id}");
        var artifacts = video.GetProperty("artifacts").EnumerateArray().ToDictionary(artifact => Text(artifact, "kind")!, StringComparer.Ordinal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await S3Server.KeysAsync(bucket), Is.EqualTo(new[] { $"1/{id}/metadata.json", $"1/{id}/output.mp4", $"1/{id}/source.mp4", $"1/{id}/thumbnail.jpg" }));
            Assert.That(data.Files("artifacts"), Is.Empty, "nothing stays here");
            Assert.That(artifacts.Values.Select(artifact => Text(artifact, "url")), Is.All.StartsWith($"/api/videos/{id}/artifacts/"));
        }

        foreach (var artifact in artifacts.Values)
        {
            var bytes = await server.HttpClient.GetByteArrayAsync(Text(artifact, "url"));
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(bytes)), Is.EqualTo(Text(artifact, "sha256")));
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, Text(artifacts["source"], "url"));
        request.Headers.Range = new RangeHeaderValue(1000, 1999);
        using var part = await server.HttpClient.SendAsync(request);
        Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
        Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(original[1000..2000]));
        Assert.That((await server.HttpClient.SendAsync(new HttpRequestMessage(HttpMethod.Head, Text(artifacts["output"], "url")))).IsSuccessStatusCode);

        await TestMedia.AssertPlayableAsync(Text(video.GetProperty("publications")[0], "location")!);
        await Eventually.TrueAsync(() => data.Work().Count == 0, "the publish tidies up");
        data.AssertNoLeftovers();
        Assert.That(server.Output, Does.Not.Contain(S3Server.SecretKey).And.Not.Contain(S3Server.AccessKey));
    }

    [Test]
    public async Task Stages_that_run_again_find_what_is_stored()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = Path.Combine(source, "video.ogv");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), file);
        var bucket = await S3Server.NewBucketAsync();
        await using var server = await ServerProcess.StartAsync(data.Path, S3Server.Settings(bucket));
        var api = new ServiceApi(server.HttpClient);
        var (id, _) = await api.AddVideoAsync(await api.AddChannelAsync("again", source), file);
        await api.UntilStageAsync(id, "publish", "completed", TimeSpan.FromSeconds(60));
        File.Delete(file);

        await api.PostAsync("/api/jobs", new { jobType = "download", videoId = id });
        await Eventually.TrueAsync(async () => (await api.JobsAsync($"videoId={id}&jobType=publish&status=completed")).Count == 2, "it was published again");

        var results = (await api.JobsAsync($"videoId={id}")).Skip(3).Select(job => job.GetProperty("result")).ToList();
        Assert.That(results[0].GetProperty("alreadyStored").GetBoolean());
        Assert.That(results[2].GetProperty("alreadyPublished").GetBoolean());
    }

    [Test]
    public async Task A_store_that_is_away_shows_and_jobs_wait_for_it()
    {
        using var folder = new TemporaryFolder();
        var source = folder.NewFolder("source");
        var file = Path.Combine(source, "video.ogv");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), file);
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        network.IsDown = true;
        var settings = S3Server.Settings(await S3Server.NewBucketAsync(), network.Through(S3Server.Endpoint));
        settings["VideoPipeline__Retry__MaxAttempts"] = "20";
        settings["VideoPipeline__Retry__MaxDelay"] = "00:00:01";
        await using var server = await ServerProcess.StartAsync(folder.NewFolder("data"), settings);
        var api = new ServiceApi(server.HttpClient);
        var (id, download) = await api.AddVideoAsync(await api.AddChannelAsync("away", source), file);

        var job = await api.UntilAsync(download, job => Number(job, "attempts") > 1, "it is tried again");
        Assert.That(Text(job, "errorMessage"), Does.Contain("can't be reached"));
        Assert.That(await StoreHealthAsync(server), Is.EqualTo((HttpStatusCode.ServiceUnavailable, false)));

        network.IsDown = false;
        await api.UntilStageAsync(id, "publish", "completed", TimeSpan.FromSeconds(60));
        Assert.That(await StoreHealthAsync(server), Is.EqualTo((HttpStatusCode.OK, true)));
    }

    [Test]
    public async Task A_wrong_key_fails_the_job_at_once()
    {
        using var folder = new TemporaryFolder();
        var source = folder.NewFolder("source");
        var file = Path.Combine(source, "video.ogv");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), file);
        var settings = S3Server.Settings(await S3Server.NewBucketAsync());
        settings["VideoPipeline__Artifacts__S3__SecretKey"] = "not-the-secret";
        await using var server = await ServerProcess.StartAsync(folder.NewFolder("data"), settings);
        var api = new ServiceApi(server.HttpClient);

        var (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("wrong", source), file);
        var job = await api.UntilAsync(download, "failed");

        Assert.That(Number(job, "attempts"), Is.EqualTo(1));
        Assert.That(Text(job, "errorMessage"), Does.Contain("VideoPipeline__Artifacts__S3__SecretKey"));
        Assert.That(await StoreHealthAsync(server), Is.EqualTo((HttpStatusCode.ServiceUnavailable, false)));
        Assert.That(server.Output, Does.Contain("the secret key is wrong").And.Not.Contain("not-the-secret"));
    }

    [Test]
    public async Task A_kill_in_the_middle_of_an_upload_leaves_nothing_to_see()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = await GeneratedVideo.LargeAsync(source, "large.mp4");
        var bucket = await S3Server.NewBucketAsync();
        await using var network = FaultyNetwork.To(S3Server.Endpoint);
        var settings = S3Server.Settings(bucket, network.Through(S3Server.Endpoint));
        network.Plan(NetworkFault.FallSilent, NetworkDirection.ToServer, 80_000_000);
        long download;
        await using (var first = await ServerProcess.StartAsync(data.Path, settings))
        {
            var api = new ServiceApi(first.HttpClient);
            await api.PostAsync("/api/queue/pause", new { jobType = "transform" });
            (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("large", source), file);
            await Eventually.TrueAsync(() => network.Faults > 0, "it is sending");
            Assert.That(await S3Server.UnfinishedUploadsAsync(bucket), Has.Count.EqualTo(1));
            first.Kill();
        }

        Assert.That(await S3Server.KeysAsync(bucket), Is.Empty);
        await using var second = await ServerProcess.StartAsync(data.Path, settings);
        var job = await new ServiceApi(second.HttpClient).UntilAsync(download, "completed");

        Assert.That(await S3Server.KeysAsync(bucket), Is.EqualTo(new[] { "1/1/source.mp4" }));
        Assert.That(Number(job, "lostAttempts"), Is.EqualTo(1));
        Assert.That(await S3Server.UnfinishedUploadsAsync(bucket), Has.Count.EqualTo(1), "the first one is too young to be nobody's");
    }

    // How much is compiled at the same time is chance, and of no interest here.
    [Test]
    [Retry(3)]
    public async Task Two_gigabytes_go_through_in_bounded_memory()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        var file = await GeneratedVideo.LargeAsync(source, "large.mp4", seconds: 68);
        var size = new FileInfo(file).Length;
        Assert.That(size, Is.GreaterThan(2_000_000_000));
        var bucket = await S3Server.NewBucketAsync();
        var settings = S3Server.Settings(bucket);
        settings["VideoPipeline__Workers__Transform"] = "0";

        // Named, so that the service makes its database as on every machine's first start: that counts as what it is idle with.
        settings["VideoPipeline__Storage__Mode"] = "Sqlite";

        var small = Path.Combine(source, "small.mp4");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), small);

        await MeasureAsync(
            data,
            settings,
            JobType.Download,
            async api => (await api.AddVideoAsync(await api.AddChannelAsync("large", source), small)).Id,
            async api => (await api.AddVideoAsync(1, file)).Id);
        File.Delete(file);

        // What a transform of this file would copy from end to end is spared: its output is what was downloaded.
        await using (var db = data.Open())
        {
            using var client = S3Server.NewClient();
            var sha256 = Convert.ToHexStringLower(SHA256.HashData("picture"u8));
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "1/1/thumbnail.jpg", ContentBody = "picture" });
            foreach (var stored in await db.Artifacts.ToListAsync())
            {
                db.Artifacts.Add(new() { VideoId = stored.VideoId, Kind = ArtifactKind.Output, Key = stored.Key, SizeBytes = stored.SizeBytes, Sha256 = stored.Sha256 });
                db.Artifacts.Add(new() { VideoId = stored.VideoId, Kind = ArtifactKind.Thumbnail, Key = "1/1/thumbnail.jpg", SizeBytes = 7, Sha256 = sha256 });
            }

            await db.SaveChangesAsync();
        }

        await MeasureAsync(data, settings, JobType.Publish, api => PublishAsync(api, 1), api => PublishAsync(api, 2));

        Assert.That(new FileInfo(Path.Combine(data.Published, "large", "large [2].mp4")).Length, Is.EqualTo(size));
        data.AssertNoLeftovers();
    }

    private static async Task<long> PublishAsync(ServiceApi api, long videoId)
    {
        await api.PostAsync("/api/jobs", new { jobType = "publish", videoId });
        return videoId;
    }

    /// <summary>
    /// Runs a job for a small video and then for a large one, and looks at how much more memory both together took than a
    /// service does that has just started.
    /// </summary>
    /// <param name="beginSmall">Adds the job; returns the video's id. What any first video loads, whatever its size, is told apart by it.</param>
    private static async Task MeasureAsync(
        DataFolder data, Dictionary<string, string> settings, JobType jobType, Func<ServiceApi, Task<long>> beginSmall, Func<ServiceApi, Task<long>> beginLarge)
    {
        const double Most = 64;
        await using var server = await ServerProcess.StartAsync(data.Path, settings);
        Assert.That(await StoreHealthAsync(server), Is.EqualTo((HttpStatusCode.OK, true)));
        var fresh = OperatingSystemProcess.PeakMemory(server.Id);
        var api = new ServiceApi(server.HttpClient);
        await UntilCompletedAsync(data, jobType, await beginSmall(api));
        var idle = OperatingSystemProcess.PeakMemory(server.Id);
        var job = await UntilCompletedAsync(data, jobType, await beginLarge(api));
        var peak = OperatingSystemProcess.PeakMemory(server.Id);

        TestContext.Out.WriteLine($"{jobType}: {job.DurationSeconds:0.0} s; {fresh:0} MiB at the start, {idle - fresh:0} more for a small video, {peak - idle:0} more for the large one");
        Assert.That(peak - fresh, Is.LessThan(Most));
        Assert.That(await server.StopAsync(), Is.Zero);
    }

    private static async Task<VideoProcessingJob> UntilCompletedAsync(DataFolder data, JobType jobType, long videoId)
    {
        // Read in the file: what asking the service over and over takes is not what is measured.
        VideoProcessingJob? job = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await using var db = data.Open();
                job = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.JobType == jobType && j.VideoId == videoId);
                return job?.Status is JobStatus.Completed or JobStatus.Failed;
            },
            $"{jobType} ends",
            TimeSpan.FromMinutes(3));
        Assert.That(job!.Status, Is.EqualTo(JobStatus.Completed), job.ErrorMessage);
        return job;
    }

    private static async Task<(HttpStatusCode Status, bool Ok)> StoreHealthAsync(ServerProcess server)
    {
        using var response = await server.HttpClient.GetAsync("/health/ready");
        var check = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("checks").GetProperty("artifacts");
        Assert.That(Text(check, "detail"), Is.Not.Empty);
        return (response.StatusCode, check.GetProperty("ok").GetBoolean());
    }
}
