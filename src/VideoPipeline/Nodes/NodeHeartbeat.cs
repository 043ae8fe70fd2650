using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Nodes;

/// <summary>
/// Keeps this node's row: there from the start on, renewed while the process lives, gone after an orderly stop. A process
/// that dies leaves its row behind with the time at which it was last heard of. Nothing but listings and estimates depends
/// on the rows: whose job may be taken is the leases' business.
/// </summary>
internal sealed class NodeHeartbeat(
    ThisNode node, RowWriter writer, TimeProvider time, IOptions<StorageOptions> storage, ILogger<NodeHeartbeat> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A lost node's row is of interest for as long as somebody may ask what became of it.</summary>
    private static readonly TimeSpan LostKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan RemoveLostInterval = TimeSpan.FromHours(1);

    /// <summary>A database that is away must not hold up the stop.</summary>
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromSeconds(5);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not yet: what can't start, since its address is taken for example, has never been a node.</summary>
    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After everything else has started, and before the first worker does.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await RemoveLostAsync(cancellationToken);
        await BeatAsync(cancellationToken);
        logger.LogInformation(
            "Node {Name} has started, version {Version}, role {Role}, workers: {Workers}",
            node.Name, ThisNode.Version, node.Role, string.Join(", ", JobTypes.All.Select(jobType => $"{jobType.Name()} {node.WorkersOf(jobType)}")));
        await base.StartAsync(cancellationToken);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Almost last of all: until its running jobs are given back, the node is there.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await writer.WriteAsync(db => db.Nodes.Where(n => n.Id == node.Id).ExecuteDeleteAsync(), cancellationToken)
                .WaitAsync(RemoveTimeout, time, cancellationToken);
        }
        catch (Exception exception)
        {
            // The row is as if the process had died: lost in a moment, removed in a day.
            logger.LogWarning(exception, "Could not remove this node's row");
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lostRemovedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await BeatAsync(stoppingToken);
                    if (time.GetElapsedTime(lostRemovedAt) >= RemoveLostInterval)
                    {
                        lostRemovedAt = time.GetTimestamp();
                        await RemoveLostAsync(stoppingToken);
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.LogWarning(exception, "Could not say that this node is alive; trying again in {Interval}", Interval);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    /// <summary>One update; an insert the first time, and when another node has taken this one for dead and removed its row.</summary>
    private Task BeatAsync(CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            var now = time.GetUtcNow();
            if (await db.Nodes.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.SeenAt, now)) == 0)
            {
                db.Nodes.Add(node.ToRow(now));
                await db.SaveChangesAsync();
            }
        },
        cancellationToken);

    /// <summary>
    /// Removes nodes that have long been lost, and those whose name this one has taken over. When the data folder is this
    /// process's alone, all others are dead.
    /// </summary>
    private async Task RemoveLostAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lostSince = now - Node.LostAfter;
        var forgottenSince = now - LostKept;
        var alone = !storage.Value.IsShared;
        var namesake = await writer.WriteAsync(
            async db =>
            {
                var others = db.Nodes.Where(n => n.Id != node.Id);
                await others.Where(n => alone || n.SeenAt < forgottenSince || (n.Name == node.Name && n.SeenAt < lostSince)).ExecuteDeleteAsync();
                return await others.AsNoTracking().FirstOrDefaultAsync(n => n.Name == node.Name);
            },
            cancellationToken);
        if (namesake is not null)
        {
            logger.LogWarning(
                "Another node called {Name} was alive at {SeenAt:u}. If it still runs, give each a name of its own (VideoPipeline:Node:Name)",
                node.Name, namesake.SeenAt);
        }
    }
}
