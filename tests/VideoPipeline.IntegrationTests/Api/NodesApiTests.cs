using System.Net;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.Api;

public sealed class NodesApiTests : ApiFixture
{
    [Test]
    public async Task The_node_that_answers_is_alive()
    {
        var before = (await GetAsync("/api/nodes")).GetProperty("items")[0];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(before, "name"), Does.EndWith($":{Server.Id}"));
            Assert.That((Text(before, "status"), Text(before, "role"), Text(before, "version")), Is.EqualTo(("alive", "all", "0.1.0")));
            Assert.That(before.GetProperty("workers").GetRawText(), Is.EqualTo("""{"scrape":0,"download":0,"transform":0,"publish":0}"""));
            Assert.That(before.GetProperty("jobs").GetArrayLength(), Is.Zero);
        }

        await Eventually.TrueAsync(
            async () => (await GetAsync("/api/nodes")).GetProperty("items")[0].GetProperty("lastSeenAt").GetDateTimeOffset()
                > before.GetProperty("lastSeenAt").GetDateTimeOffset(),
            "it says again that it is alive");
    }

    [Test]
    public async Task It_is_listed_with_the_jobs_that_it_runs()
    {
        await using var files = await FileServer.StartAsync(new byte[1_000_000]);
        files.FallSilentAfter.Enqueue(500_000);
        await using var server = await ServerProcess.StartAsync(Folder.NewFolder("busy"), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["VideoPipeline__Node__Name"] = "busy-1",
            ["VideoPipeline__Workers__Download"] = "3",
        });
        var api = new ServiceApi(server.HttpClient);
        var channel = await api.AddChannelAsync("busy", Folder.NewFolder("source"));
        var (video, download) = await api.AddVideoAsync(channel, files.Url().AbsoluteUri);
        var job = await api.UntilAsync(download, job => job.GetProperty("progress").GetDouble() > 0, "it makes progress");

        var nodes = await api.GetAsync("/api/nodes");
        var queue = await api.GetAsync("/api/queue");

        var running = nodes.GetProperty("items")[0].GetProperty("jobs")[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(nodes.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
            Assert.That(Text(nodes.GetProperty("items")[0], "name"), Is.EqualTo("busy-1"));
            Assert.That((Id(running), Text(running, "jobType"), ServiceApi.Number(running, "videoId")), Is.EqualTo((download, "download", video)));
            Assert.That(running.GetProperty("progress").GetDouble(), Is.GreaterThan(0));
            Assert.That(Text(running, "since"), Is.EqualTo(Text(job, "startedAt")));
            Assert.That(queue.GetProperty("byType").GetProperty("download").GetProperty("workers").GetInt32(), Is.EqualTo(3));
        }

        await api.PostAsync($"/api/jobs/{download}/cancel");
        await Eventually.TrueAsync(
            async () => (await api.GetAsync("/api/nodes")).GetProperty("items")[0].GetProperty("jobs").GetArrayLength() == 0, "it runs nothing");
    }

    [Test]
    public async Task An_unknown_method_is_refused()
    {
        using var response = await SendAsync(HttpMethod.Delete, "/api/nodes");

        await AssertProblemAsync(response, HttpStatusCode.MethodNotAllowed, field: null);
    }
}
