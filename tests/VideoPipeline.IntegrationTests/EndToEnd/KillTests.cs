using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>The service is killed at random moments, again and again, and still every video is published once.</summary>
[Category(TestCategories.Heavy)]
internal sealed class KillTests
{
    private const int Kills = 20;
    private const string Truncated = "truncated.mp4";
    private static readonly string[] Healthy = ["balle-jbart.mp4", "balle1-vp9.avi", "Effet_force_magnetique.ogv", "Megamind.avi", "vtest.avi"];

    // One transform alone would be restarted for ever in front of all others; with two the others go by it.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["VideoPipeline__Workers__Transform"] = "2" };

    [Test]
    public async Task Twenty_kills_neither_lose_nor_repeat_nor_fail_anything()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        var source = folder.NewFolder("source");
        foreach (var name in Healthy.Append(Truncated))
        {
            File.Copy(TestMedia.Sample(name), Path.Combine(source, name));
        }

        var random = TestSeed.NewRandom();
        var watch = Stopwatch.StartNew();
        long? channelId = null;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(data.Path, Settings);
            var api = new ServiceApi(server.HttpClient);
            channelId ??= await api.AddChannelAsync("killed", source);

            // Something new each time, so that scrapes, downloads and publishes are under way when the service dies, too.
            AddVideo(source, $"new {kill:00}.ogv");
            await ScrapeAsync(api, channelId.Value);
            await Eventually.PassAsync(TimeSpan.FromMilliseconds(random.Next(200, 2500)));
            server.Kill();
        }

        TestContext.Out.WriteLine($"Killed {Kills} times in {watch.Elapsed.TotalSeconds:0} s");
        await using var last = await ServerProcess.StartAsync(data.Path, Settings);
        var final = new ServiceApi(last.HttpClient);
        await final.UntilIdleAsync(TimeSpan.FromSeconds(240));
        await final.PostAsync($"/api/channels/{channelId}/scrape");
        await final.UntilIdleAsync(TimeSpan.FromSeconds(60));

        TestContext.Out.WriteLine($"All ended after {watch.Elapsed.TotalSeconds:0} s");
        await AssertPublishedOnceAsync(final, data, Healthy.Length + Kills);
        await AssertJobsAsync(final);
        data.AssertNoLeftovers();
        await data.AssertSoundAsync();
    }

    /// <summary>Under another name first, so that no scrape finds half of it.</summary>
    private static void AddVideo(string source, string name)
    {
        var hidden = Path.Combine(source, $".{name}");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), hidden);
        File.Move(hidden, Path.Combine(source, name));
    }

    private static async Task ScrapeAsync(ServiceApi api, long channelId)
    {
        try
        {
            await api.PostAsync($"/api/channels/{channelId}/scrape");
        }
        catch (HttpRequestException exception) when (exception.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // The one that the last kill interrupted waits or runs already.
        }
    }

    private static async Task AssertPublishedOnceAsync(ServiceApi api, DataFolder data, int healthy)
    {
        var videos = await api.VideosAsync();
        Assert.That(videos, Has.Count.EqualTo(healthy + 1));
        var published = new List<string>();
        var artifacts = new List<string>();
        foreach (var video in videos.Where(video => Text(video, "title") != "truncated"))
        {
            var publication = video.GetProperty("publications").EnumerateArray().Single();
            var location = Text(publication, "location")!;
            await TestMedia.AssertPlayableAsync(location);
            var name = Path.GetRelativePath(data.Published, location);
            published.AddRange([name, Path.ChangeExtension(name, ".jpg"), Path.ChangeExtension(name, ".json")]);
            artifacts.AddRange(video.GetProperty("artifacts").EnumerateArray().Select(artifact => Text(artifact, "key")!));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(published, Is.Unique.And.Count.EqualTo(3 * healthy));
            Assert.That(data.Files("published"), Is.EquivalentTo(published));
            Assert.That(artifacts, Has.Count.EqualTo(4 * healthy));
            Assert.That(data.Files("artifacts"), Is.EquivalentTo(artifacts));
        }
    }

    private static async Task AssertJobsAsync(ServiceApi api)
    {
        var jobs = await api.JobsAsync();
        var failed = jobs.Where(job => Text(job, "status") != "completed").ToList();
        Assert.That(failed, Has.Count.EqualTo(1), string.Join('\n', failed));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Text(failed[0], "status"), Text(failed[0], "jobType")), Is.EqualTo(("failed", "download")));
            Assert.That(Text(failed[0], "errorMessage"), Does.Contain(Truncated).And.Contain("not a playable video"));

            var chains = jobs.Where(job => job.GetProperty("videoId").ValueKind != JsonValueKind.Null);
            Assert.That(chains.Select(job => (Number(job, "videoId"), Text(job, "jobType"))), Is.Unique, "no stage was done twice");

            var lost = 0;
            foreach (var job in jobs)
            {
                lost += await AssertHistoryAsync(api, job);
            }

            TestContext.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Kills} kills, {jobs.Count} jobs, {lost} attempts lost; most by one job: {jobs.Max(job => Number(job, "lostAttempts"))}"));
            Assert.That(lost, Is.GreaterThanOrEqualTo(Kills / 2), "the kills interrupted work");
        }
    }

    /// <summary>That a job's attempts are all accounted for.</summary>
    /// <returns>How many were lost.</returns>
    private static async Task<int> AssertHistoryAsync(ServiceApi api, JsonElement job)
    {
        var history = (await api.JobAsync(Id(job))).GetProperty("history").EnumerateArray()
            .Select(attempt => (Number: Number(attempt, "number"), Outcome: Text(attempt, "outcome")!)).ToList();
        var lost = history.Count(attempt => attempt.Outcome == "lost");
        var last = Text(job, "status")!;
        Assert.That(history.Select(attempt => attempt.Number), Is.EqualTo(Enumerable.Range(1, (int)Number(job, "attempts"))), $"job {Id(job)}");
        Assert.That(history.Select(attempt => attempt.Outcome), Is.EqualTo(Enumerable.Repeat("lost", lost).Append(last)), $"job {Id(job)}");
        Assert.That(Number(job, "lostAttempts"), Is.EqualTo(lost), $"job {Id(job)}");
        return lost;
    }
}
