using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>A node's row over its life, and what its role lets it do.</summary>
internal abstract class NodesConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task A_node_is_known_while_it_lives_and_forgotten_when_it_stops()
    {
        await using var host = await StartAsync(null, ("Node:Name", "encoder-1"), ("Workers:Download", "7"));
        var node = await NodeAsync(host);
        Assert.That((node.Name, node.Role, node.DownloadWorkers), Is.EqualTo(("encoder-1", NodeRole.All, 7)));
        Assert.That(node.Version, Is.EqualTo(ThisNode.Version));

        await Eventually.TrueAsync(async () => (await NodeAsync(host)).SeenAt > node.SeenAt, "it says again that it is alive", TimeSpan.FromSeconds(15));
        Assert.That((await NodeAsync(host)).StartedAt, Is.EqualTo(node.StartedAt));

        await host.StopAsync();
        await using var next = await StartAsync(null, ("Node:Name", "encoder-2"));
        await using var db = await next.ReadAsync();
        Assert.That(await db.Nodes.Select(n => n.Name).ToListAsync(), Is.EqualTo(new[] { "encoder-2" }));
    }

    [Test]
    public async Task A_node_whose_row_was_removed_comes_back()
    {
        await using var host = await StartAsync();
        var node = await NodeAsync(host);
        await host.Service<RowWriter>().WriteAsync(db => db.Nodes.ExecuteDeleteAsync());

        await Eventually.TrueAsync(
            async () =>
            {
                await using var db = await host.ReadAsync();
                return await db.Nodes.AnyAsync(n => n.Id == node.Id && n.Name == node.Name && n.StartedAt == node.StartedAt);
            },
            "it is there again",
            TimeSpan.FromSeconds(15));
    }

    [Test]
    public async Task A_start_removes_nodes_that_have_long_been_lost_and_those_whose_name_it_takes_over()
    {
        await using (var first = await StartAsync())
        {
            await AddNodeAsync(first, "long-ago", TimeSpan.FromHours(25));
            await AddNodeAsync(first, "this-one", TimeSpan.FromMinutes(1));
            await AddNodeAsync(first, "other", TimeSpan.FromMinutes(1));
        }

        await using var host = await StartAsync(null, ("Node:Name", "this-one"));
        await using var db = await host.ReadAsync();
        var shared = host.Service<IOptions<StorageOptions>>().Value.IsShared;

        // Alone, all others are dead; among others, one that was lost a minute ago is still worth knowing.
        var nodes = await db.Nodes.ToListAsync();
        Assert.That(nodes.Select(n => n.Name), Is.EquivalentTo(shared ? new[] { "this-one", "other" } : ["this-one"]));
        Assert.That(nodes.Single(n => n.Name == "this-one").Id, Is.EqualTo(host.Service<ThisNode>().Id));
    }

    [Test]
    public async Task A_node_that_only_answers_requests_runs_no_background_job()
    {
        await using var host = await StartAsync(null, ("Node:Role", "Api"), ("Workers:Publish", "3"));
        var job = await host.EnqueueAsync();

        await Eventually.PassAsync(TimeSpan.FromMilliseconds(500));

        Assert.That(host.HangfireStorage.GetMonitoringApi().Servers(), Is.Empty);
        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Queued));
        Assert.That((await NodeAsync(host)).PublishWorkers, Is.Zero);

        // Asked to, it does.
        var processed = await host.Queue.ProcessNextJobAsync();
        Assert.That((processed!.Id, processed.Status), Is.EqualTo((job.Id, JobStatus.Completed)));
        Assert.That(processed.Worker, Is.EqualTo(host.Service<ThisNode>().NameOf("api")));
    }

    [Test]
    public async Task A_worker_node_runs_jobs_under_its_name()
    {
        await using var host = await StartAsync(null, ("Node:Role", "Worker"), ("Node:Name", "encoder-1"));

        var completed = await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Completed);

        Assert.That(completed.Worker, Is.EqualTo("encoder-1/publish"));
        Assert.That(host.HangfireStorage.GetMonitoringApi().Servers().Select(server => server.Name), Has.Some.StartsWith("schedule:encoder-1"));
    }

    [Test]
    public async Task An_explanation_counts_the_workers_of_all_nodes_that_are_alive()
    {
        await using var host = await StartAsync(null, ("Node:Role", "Api"));
        var job = await host.EnqueueAsync();
        await AddNodeAsync(host, "lost", TimeSpan.FromSeconds(20));
        Assert.That((await host.Queue.ExplainAsync(job.Id)).BlockedBy, Is.EqualTo(new[] { "No node that is alive has publish workers." }));

        await AddNodeAsync(host, "alive", TimeSpan.Zero);
        await host.EnqueueAsync(priority: 9);

        Assert.That((await host.Queue.ExplainAsync(job.Id)).BlockedBy, Is.EqualTo(new[] { "1 job(s) go before it; 0 of 4 publish worker(s) are busy." }));
    }

    private static async Task<Node> NodeAsync(QueueHost host)
    {
        await using var db = await host.ReadAsync();
        return await db.Nodes.SingleAsync(n => n.Id == host.Service<ThisNode>().Id);
    }

    private static Task<int> AddNodeAsync(QueueHost host, string name, TimeSpan unseen)
    {
        var seenAt = TimeProvider.System.GetUtcNow() - unseen;
        return host.Service<RowWriter>().WriteAsync(db =>
        {
            db.Nodes.Add(new Node { Id = Guid.NewGuid(), Name = name, Version = "0", PublishWorkers = 4, StartedAt = seenAt, SeenAt = seenAt });
            return db.SaveChangesAsync();
        });
    }
}
