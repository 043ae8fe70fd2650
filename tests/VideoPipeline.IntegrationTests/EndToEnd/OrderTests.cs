using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Strict priority, then age; and a pause that holds: with the real service, real stages and an operator who changes his mind.</summary>
internal sealed class OrderTests
{
    private const int Videos = 100;

    private static readonly Dictionary<string, string> OneWorker = new(StringComparer.Ordinal) { ["VideoPipeline__Workers__Download"] = "1" };

    [Test]
    public async Task Downloads_start_by_priority_and_age_and_none_while_paused()
    {
        using var folder = new TemporaryFolder();
        var source = folder.NewFolder("source");
        for (var n = 0; n < Videos; n++)
        {
            File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), Path.Combine(source, $"{n:000}.ogv"));
        }

        await using var server = await ServerProcess.StartAsync(folder.NewFolder("data"), OneWorker);
        var api = new ServiceApi(server.HttpClient);
        await api.PostAsync("/api/queue/pause", new { jobType = "transform" });
        await api.PostAsync("/api/queue/pause", new { jobType = "download" });
        await api.PostAsync($"/api/channels/{await api.AddChannelAsync("ordered", source)}/scrape");
        await Eventually.TrueAsync(async () => (await WaitingAsync(api)).Count == Videos, "all videos wait for their download");
        var random = TestSeed.NewRandom();

        var first = await ChangePrioritiesAsync(api, random);
        await api.PostAsync("/api/queue/resume", new { jobType = "download" });
        await Eventually.TrueAsync(async () => (await api.JobsAsync("jobType=download&status=completed")).Count >= 30, "some are done");
        await api.PostAsync("/api/queue/pause", new { jobType = "download" });
        var pausedAt = TimeProvider.System.GetUtcNow();
        await Eventually.PassAsync(TimeSpan.FromSeconds(2.5));

        var downloads = await api.JobsAsync("jobType=download");
        var begun = downloads.Where(job => Text(job, "status") != "queued").OrderBy(StartedAt).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(begun, Has.Count.InRange(30, Videos - 30));
            Assert.That(begun.Select(job => Text(job, "status")), Is.All.EqualTo("completed"), "what ran has ended");
            Assert.That(StartedAt(begun[^1]), Is.LessThan(pausedAt + TimeSpan.FromSeconds(1)));
            Assert.That(begun.Select(Id), Is.EqualTo(first.Take(begun.Count)));
        }

        var second = await ChangePrioritiesAsync(api, random);
        await api.PostAsync("/api/queue/resume", new { jobType = "download" });
        await Eventually.TrueAsync(async () => (await api.JobsAsync("jobType=download&status=completed")).Count == Videos, "all are done");
        downloads = await api.JobsAsync("jobType=download");
        Assert.That(downloads.OrderBy(StartedAt).Skip(begun.Count).Select(Id), Is.EqualTo(second));
    }

    /// <summary>Gives two of three waiting downloads another priority.</summary>
    /// <returns>The order in which they must start then.</returns>
    private static async Task<List<long>> ChangePrioritiesAsync(ServiceApi api, Random random)
    {
        foreach (var job in await WaitingAsync(api))
        {
            if (random.Next(3) > 0)
            {
                await api.PatchAsync($"/api/jobs/{Id(job)}", new { priority = random.Next(11) });
            }
        }

        return [.. (await WaitingAsync(api))
            .OrderByDescending(job => Number(job, "priority")).ThenBy(job => job.GetProperty("queuedAt").GetDateTimeOffset()).ThenBy(Id).Select(Id)];
    }

    private static Task<List<System.Text.Json.JsonElement>> WaitingAsync(ServiceApi api) => api.JobsAsync("jobType=download&status=queued");

    private static DateTimeOffset StartedAt(System.Text.Json.JsonElement job) => job.GetProperty("startedAt").GetDateTimeOffset();
}
