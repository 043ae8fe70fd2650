using System.Diagnostics;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Conformance;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.ManyNodes;

/// <summary>
/// Three nodes on one PostgreSQL that die, stop and freeze, while it is itself restarted: by a schedule that a seed decides.
/// </summary>
internal sealed class ChaosRun(PostgreSqlServer server, QueueHost api, IReadOnlyDictionary<string, string?> settings, Random random, TextWriter log) : IAsyncDisposable
{
    public const int ChannelsPerRound = 500;

    /// <summary>scrape, download, transform, publish.</summary>
    public const int JobsPerRound = 4 * ChannelsPerRound;

    private const int Nodes = 3;

    /// <summary>Longer than a lease.</summary>
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(18);

    private readonly NodeProcess[] _nodes = new NodeProcess[Nodes];
    private readonly Stopwatch _watch = new();
    private readonly List<Death> _deaths = [];
    private (int Node, TimeSpan Until)? _frozen;
    private int _rounds;

    /// <summary>Whoever stopped working without giving its jobs back, and since when.</summary>
    public IReadOnlyList<Death> Deaths => _deaths;

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    public int Restarts { get; private set; }

    public int Jobs => _rounds * JobsPerRound;

    /// <summary>Runs rounds of jobs until the time is over and all of them have ended.</summary>
    public async Task RunAsync(TimeSpan atLeast, TimeSpan perRound)
    {
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(async n => _nodes[n] = await NodeProcess.StartAsync(SettingsOf(n))));
        _watch.Start();
        do
        {
            await RunRoundAsync(_watch.Elapsed + perRound);
        }
        while (_watch.Elapsed < atLeast);

        await ThawAsync(wait: true);
        log.WriteLine($"{_watch.Elapsed.TotalSeconds:0.0} s: {Jobs} jobs ended; {Kills} kills, {Stops} stops, {Restarts} restarts of PostgreSQL, {_deaths.Count - Kills} freezes");
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Where(node => node is not null))
        {
            await node.DisposeAsync();
        }
    }

    private async Task RunRoundAsync(TimeSpan until)
    {
        await EnqueueAsync();

        // At these shares of the round's jobs.
        var restarts = new Queue<double>([0.2, 0.6]);
        var freezes = new Queue<double>([0.1]);
        while (await CompletedAsync() is var completed && completed < Jobs)
        {
            if (_watch.Elapsed > until)
            {
                throw new TimeoutException(
                    $"{completed} of {Jobs} jobs completed in time.\n{string.Join("\n\n", _nodes.Select(node => $"{node.Name}:\n{node.Output}"))}");
            }

            await Eventually.PassAsync(TimeSpan.FromMilliseconds(random.Next(1000, 3000)));
            await ThawAsync(wait: false);
            var share = 1 - ((double)(Jobs - completed) / JobsPerRound);
            if (freezes.TryPeek(out var freezeAt) && share >= freezeAt && _frozen is null)
            {
                freezes.Dequeue();
                FreezeOne();
            }
            else if (restarts.TryPeek(out var restartAt) && share >= restartAt)
            {
                restarts.Dequeue();
                Log($"PostgreSQL restarts ({completed} of {Jobs} completed)");
                await server.RestartAsync();
                Restarts++;
            }
            else
            {
                await EndOneAsync(completed);
            }
        }
    }

    private void FreezeOne()
    {
        var n = random.Next(Nodes);
        Log($"node {n} ({_nodes[n].Name}) freezes for {Freeze.TotalSeconds} s");
        _deaths.Add(new Death(_nodes[n].Name, TimeProvider.System.GetUtcNow()));
        _nodes[n].Freeze();
        _frozen = (n, _watch.Elapsed + Freeze);
    }

    private async Task ThawAsync(bool wait)
    {
        if (_frozen is not var (n, until))
        {
            return;
        }

        if (wait && _watch.Elapsed < until)
        {
            await Eventually.PassAsync(until - _watch.Elapsed);
        }

        if (_watch.Elapsed >= until)
        {
            Log($"node {n} ({_nodes[n].Name}) goes on");
            _nodes[n].Thaw();
            _frozen = null;
        }
    }

    private async Task EndOneAsync(int completed)
    {
        var n = random.Next(Nodes);
        var kill = random.Next(2) == 0;
        if (_frozen?.Node == n)
        {
            n = (n + 1) % Nodes;
        }

        var node = _nodes[n];
        Log($"node {n} ({node.Name}) is {(kill ? "killed" : "stopped")} ({completed} of {Jobs} completed)");
        if (kill)
        {
            _deaths.Add(new Death(node.Name, TimeProvider.System.GetUtcNow()));
            node.Kill();
            Kills++;
        }
        else
        {
            await node.StopAsync();
            Stops++;
        }

        await node.DisposeAsync();
        _nodes[n] = await NodeProcess.StartAsync(SettingsOf(n));
    }

    private Dictionary<string, string?> SettingsOf(int n) => new(settings)
    {
        ["DataDirectory"] = Path.Combine(settings["DataDirectory"]!, $"node{n}"),
        ["Workers:Scrape"] = "2",
        ["Workers:Download"] = "3",
        ["Workers:Transform"] = "3",
        ["Workers:Publish"] = "3",
        ["Retry:MaxAttempts"] = "100",
        ["Retry:BaseDelay"] = "00:00:00.200",
        ["Retry:MaxDelay"] = "00:00:01",
        ["TestNode:LongestMilliseconds"] = "500",
        ["TestNode:FailingShare"] = "0.02",
    };

    private async Task EnqueueAsync()
    {
        var round = _rounds++;
        var now = TimeProvider.System.GetUtcNow();
        var channels = await api.Writer.WriteAsync(async db =>
        {
            var channels = Enumerable.Range(0, ChannelsPerRound).Select(n => new Channel
            {
                Name = $"{round}-{n}",
                SourceUrl = "/",
                Profile = "default",
                Priority = random.Next(11),
                CreatedAt = now,
                UpdatedAt = now,
            }).ToList();
            db.Channels.AddRange(channels);
            await db.SaveChangesAsync();
            return channels;
        });
        await api.Queue.EnqueueJobsAsync(
            [.. channels.Select(channel => new EnqueueRequest { JobType = JobType.Scrape, ChannelId = channel.Id, Priority = channel.Priority, MaxAttempts = 100 })]);
    }

    private async Task<int> CompletedAsync() => (await api.Queue.GetStatisticsAsync()).Completed;

    private void Log(string what) => log.WriteLine($"{_watch.Elapsed.TotalSeconds:0.0} s: {what}");

    /// <param name="Node">Its name.</param>
    public readonly record struct Death(string Node, DateTimeOffset At);
}
