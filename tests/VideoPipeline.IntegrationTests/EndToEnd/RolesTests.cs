using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>What a process does and answers by its role.</summary>
internal sealed class RolesTests
{
    /// <summary>One process after the other over one data folder, as SQLite demands.</summary>
    [Test]
    public async Task A_job_enqueued_at_an_api_node_is_run_by_a_worker_which_gives_it_back_when_it_is_stopped()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        await using var files = await FileServer.StartAsync(await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4")));
        files.FallSilentAfter.Enqueue(200_000);

        long download;
        DateTimeOffset queuedAt;
        await using (var front = await ServerProcess.StartAsync(data.Path, Node("front", "Api")))
        {
            var api = new ServiceApi(front.HttpClient);
            (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("roles", folder.NewFolder("source")), files.Url().AbsoluteUri);
            queuedAt = (await api.JobAsync(download)).GetProperty("queuedAt").GetDateTimeOffset();
            var node = (await api.GetAsync("/api/nodes")).GetProperty("items")[0];
            var ready = await api.GetAsync("/health/ready");
            using (Assert.EnterMultipleScope())
            {
                Assert.That((ServiceApi.Text(node, "name"), ServiceApi.Text(node, "role")), Is.EqualTo(("front", "api")));
                Assert.That(node.GetProperty("workers").EnumerateObject().Select(workers => workers.Value.GetInt32()), Is.All.Zero);
                Assert.That(ServiceApi.Text(ready, "role"), Is.EqualTo("api"));
                Assert.That(ready.GetProperty("checks").EnumerateObject().Select(check => check.Name), Is.EqualTo(new[] { "database", "artifacts", "disk" }));
                Assert.That((await api.GetAsync($"/api/jobs/{download}/explain")).GetProperty("blockedBy")[0].GetString(), Does.Contain("download workers"));
            }

            await Eventually.PassAsync(TimeSpan.FromSeconds(1));
            Assert.That(ServiceApi.Text(await api.JobAsync(download), "status"), Is.EqualTo("queued"));
            Assert.That(await front.StopAsync(), Is.Zero, front.Output);
        }

        await using (var worker = await ServerProcess.StartAsync(data.Path, Node("encoder", "Worker")))
        {
            await Eventually.TrueAsync(() => files.Silent > 0, "the download runs");
            await using var db = data.Open();
            Assert.That(
                await db.Jobs.Where(j => j.Id == download).Select(j => new { j.Status, j.Worker }).SingleAsync(),
                Is.EqualTo(new { Status = JobStatus.Processing, Worker = (string?)"encoder/download" }));
            await AssertProbesOnlyAsync(worker.HttpClient);

            Assert.That(await worker.StopAsync(), Is.Zero, worker.Output);
            var row = await db.Jobs.AsNoTracking().SingleAsync(j => j.Id == download);
            Assert.That((row.Status, row.Attempts, row.LeaseToken, row.QueuedAt), Is.EqualTo((JobStatus.Queued, 0, (Guid?)null, queuedAt)));
            Assert.That(await db.Attempts.Select(a => a.Outcome).ToListAsync(), Is.EqualTo(new[] { AttemptOutcome.GivenBack }));
            Assert.That(await db.Nodes.AnyAsync(), Is.False, "a node that was stopped is forgotten");
        }

        data.AssertNoLeftovers();
        await using var both = await ServerProcess.StartAsync(data.Path, Node("both", "All"));
        var completed = await new ServiceApi(both.HttpClient).UntilAsync(download, "completed");
        Assert.That((ServiceApi.Number(completed, "attempts"), ServiceApi.Text(completed, "worker")), Is.EqualTo((1L, "both/download")));
    }

    [Test]
    public async Task A_killed_nodes_row_does_not_outlive_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.NewFolder("data"));
        await using (var killed = await ServerProcess.StartAsync(data.Path, Node("killed", "All")))
        {
            await Eventually.TrueAsync(async () => await new ServiceApi(killed.HttpClient).GetAsync("/api/nodes") is var nodes
                && nodes.GetProperty("items").GetArrayLength() == 1, "it is there");
            killed.Kill();
        }

        await using var next = await ServerProcess.StartAsync(data.Path, Node("next", "All"));
        var api = new ServiceApi(next.HttpClient);
        await Eventually.TrueAsync(
            async () => (await api.GetAsync("/api/nodes")).GetProperty("items").EnumerateArray().Select(node => ServiceApi.Text(node, "name")).SequenceEqual(["next"]),
            "the killed one is forgotten: the data folder is another's");
    }

    [Test]
    public async Task Of_two_workers_on_one_database_one_goes_on_with_what_the_other_gives_back()
    {
        using var folder = new TemporaryFolder();
        var storage = (await TestStorage.PostgreSql.ResetAsync()).ToDictionary(setting => $"VideoPipeline__{setting.Key.Replace(":", "__")}", setting => setting.Value!);
        await using var files = await FileServer.StartAsync(await File.ReadAllBytesAsync(TestMedia.Sample("balle-jbart.mp4")));
        files.FallSilentAfter.Enqueue(200_000);
        await using var front = await StartNodeAsync("front", "Api");
        var api = new ServiceApi(front.HttpClient);
        await using var one = await StartNodeAsync("one", "Worker");
        var (_, download) = await api.AddVideoAsync(await api.AddChannelAsync("roles", folder.NewFolder("source")), files.Url().AbsoluteUri);
        await Eventually.TrueAsync(() => files.Silent > 0, "the download runs");
        await using var two = await StartNodeAsync("two", "Worker");
        await Eventually.TrueAsync(async () => await NodesAsync() == "front alive 0, one alive 1, two alive 0", "three nodes, one of them at work");
        var queuedAt = ServiceApi.Text(await api.JobAsync(download), "queuedAt");

        Assert.That(await one.StopAsync(), Is.Zero, one.Output);

        var completed = await api.UntilAsync(download, "completed");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((ServiceApi.Text(completed, "worker"), ServiceApi.Number(completed, "attempts")), Is.EqualTo(("two/download", 1L)));
            Assert.That(ServiceApi.Text(completed, "queuedAt"), Is.EqualTo(queuedAt), "at its old place");
            Assert.That(
                completed.GetProperty("history").EnumerateArray().Select(attempt => (ServiceApi.Text(attempt, "worker"), ServiceApi.Text(attempt, "outcome"))),
                Is.EqualTo(new[] { ("one/download", "givenBack"), ("two/download", "completed") }));
        }

        two.Kill();
        await (await TestServers.PostgreSqlAsync()).ExecuteAsync(
            PostgreSqlTestStorage.Database, "UPDATE nodes SET seen_at = seen_at - interval '1 minute' WHERE name = 'two'");
        await Eventually.TrueAsync(async () => await NodesAsync() == "front alive 0, two lost 0", "the stopped node is forgotten, the killed one lost", TimeSpan.FromSeconds(60));

        Task<ServerProcess> StartNodeAsync(string name, string role) => ServerProcess.StartAsync(
            folder.NewFolder(name), Node(name, role).Concat(storage).ToDictionary(setting => setting.Key, setting => setting.Value));

        async Task<string> NodesAsync() => string.Join(", ", (await api.GetAsync("/api/nodes")).GetProperty("items").EnumerateArray()
            .Select(node => $"{ServiceApi.Text(node, "name")} {ServiceApi.Text(node, "status")} {node.GetProperty("jobs").GetArrayLength()}"));
    }

    private static async Task AssertProbesOnlyAsync(HttpClient client)
    {
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var response = await client.GetAsync(path);
            var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), answer.GetRawText());
            Assert.That((ServiceApi.Text(answer, "node"), ServiceApi.Text(answer, "role")), Is.EqualTo(("encoder", "worker")), path);
        }

        Assert.That(await client.GetStringAsync("/metrics"), Does.Contain("videopipeline_workers{"));
        foreach (var path in new[] { "/", "/api/nodes", "/api/jobs", "/hangfire", "/hangfire/servers", "/openapi/v1.json", "/healthy", "/nothing" })
        {
            using var response = await client.GetAsync(path);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), path);
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), path);
        }

        using var pause = await client.PostAsync("/api/queue/pause", content: null);
        Assert.That(pause.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static Dictionary<string, string> Node(string name, string role) => new(StringComparer.Ordinal)
    {
        ["VideoPipeline__Node__Name"] = name,
        ["VideoPipeline__Node__Role"] = role,
        ["VideoPipeline__Dispatch__ReconcileInterval"] = "00:00:01",
    };
}
