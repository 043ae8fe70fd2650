using System.Text.Json;
using System.Threading.Channels;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Watch;

/// <summary>Follows the jobs, of all channels or of one, and shows them.</summary>
/// <param name="channelId">Null for all.</param>
internal sealed class Watcher(ServiceClient service, Terminal terminal, long? channelId)
{
    private const int Buffered = 1000;
    private const int Newest = 100;

    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(1);

    private readonly WatchBoard _board = new();
    private readonly string? _channel = channelId?.ToString();
    private long? _countedAt;
    private int _countsOfNone;

    /// <summary>Shows what happens.</summary>
    /// <param name="untilDone">End when no job waits or runs any more; else by the token only.</param>
    public async Task<WatchBoard> RunAsync(bool untilDone, CancellationToken cancellationToken)
    {
        if (terminal.IsLive)
        {
            await terminal.LiveAsync(display => FollowAsync(
                untilDone,
                item => TakeAsync(item, _ => { }, cancellationToken),
                () =>
                {
                    display.UpdateTarget(WatchScreen.Of(_board, terminal.Output.Profile.Height));
                    display.Refresh();
                },
                cancellationToken));
        }
        else
        {
            var lines = new WatchLines(_board);
            await FollowAsync(
                untilDone,
                item => TakeAsync(item, job => Tell(lines.Of(job)), cancellationToken),
                () => Tell(lines.OfPauses()),
                cancellationToken);
        }

        return _board;

        void Tell(string? line)
        {
            if (line is not null)
            {
                terminal.WriteRaw(line);
            }
        }
    }

    /// <summary>Writes the events as they come: a JSON object with event, id and data in every line.</summary>
    public Task WriteJsonAsync(bool untilDone, CancellationToken cancellationToken)
    {
        return FollowAsync(untilDone, WriteAsync, () => { }, cancellationToken);

        async Task WriteAsync(FeedItem item)
        {
            terminal.WriteRaw($$"""{"event":{{JsonSerializer.Serialize(item.Name)}},"id":{{JsonSerializer.Serialize(item.Id)}},"data":{{item.Data}}}""");
            if (untilDone)
            {
                // The board knows when it is done.
                await TakeAsync(item, _ => { }, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(bool untilDone, Func<FeedItem, Task> take, Action redraw, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = Channel.CreateBounded<FeedItem>(Buffered);
        var reading = ReadAsync(items.Writer, end.Token);
        try
        {
            while (true)
            {
                try
                {
                    while (items.Reader.TryRead(out var item))
                    {
                        await take(item);
                    }

                    if (_countedAt is not null && IsDue())
                    {
                        _board.Waiting = await CountAsync(cancellationToken);
                    }
                }
                catch (CommandFailure failure) when (failure.ExitCode == ExitCode.NotReachable)
                {
                    // The feed has lost it, too. It waits for a while, and then everything is read again.
                    _board.Waiting = null;
                }

                redraw();
                if (untilDone && IsDone() && items.Reader.Count == 0)
                {
                    return;
                }

                try
                {
                    if (!await items.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(RedrawInterval, terminal.Time, cancellationToken))
                    {
                        // Only an error ends it.
                        await reading;
                        return;
                    }
                }
                catch (TimeoutException)
                {
                    // Nothing has happened; the counts may still change.
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private EventFeed Feed() => new(service, ServiceClient.Path("api/events", ("channelId", _channel)), terminal.Time);

    private async Task ReadAsync(ChannelWriter<FeedItem> items, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in Feed().ReadAsync(cancellationToken))
            {
                await items.WriteAsync(item, cancellationToken);
            }
        }
        finally
        {
            items.Complete();
        }
    }

    private async Task TakeAsync(FeedItem item, Action<JobAnswer> changed, CancellationToken cancellationToken)
    {
        switch (item.Name)
        {
            case "job":
                var job = service.Read(item.Data, ServiceJson.Default.JobAnswer);
                _board.Apply(job);
                changed(job);
                break;
            case "queue":
                _board.Paused = PausesOf(service.Read(item.Data, ServiceJson.Default.PausesAnswer));

                // The first of every connection is one: what changes from now on is told, what was before has to be asked for.
                await LoadAsync(changed, cancellationToken);
                break;
            case "reset":
                await LoadAsync(changed, cancellationToken);
                break;
            default:
                // Of a newer service.
                break;
        }
    }

    private async Task LoadAsync(Action<JobAnswer> changed, CancellationToken cancellationToken)
    {
        var running = await service.GetAsync(
            ServiceClient.Path("api/jobs?status=processing&limit=500", ("channelId", _channel)), ServiceJson.Default.ListAnswerJobAnswer, cancellationToken);
        _board.Load(running.Items);
        foreach (var job in _board.Running)
        {
            if (!_board.HasTitleOf(job))
            {
                var video = await service.GetAsync($"api/videos/{job.VideoId}", ServiceJson.Default.VideoAnswer, cancellationToken);
                _board.Name(video.Id, video.Title);
            }

            changed(job);
        }

        _board.Waiting = await CountAsync(cancellationToken);
    }

    // That a job has ended can be counted a moment before it is told. What a second count doesn't find either won't be told any more.
    private bool IsDone() => _board.Waiting is { AnyActive: false } && (_board.Running.Count == 0 || _countsOfNone > 1);

    private bool IsDue() => _countedAt is not { } at || terminal.Time.GetElapsedTime(at) >= CountInterval;

    private async Task<WaitingCounts> CountAsync(CancellationToken cancellationToken)
    {
        _countedAt = terminal.Time.GetTimestamp();
        var counts = await AskAsync(cancellationToken);
        _countsOfNone = counts.AnyActive ? 0 : _countsOfNone + 1;
        return counts;
    }

    private async Task<WaitingCounts> AskAsync(CancellationToken cancellationToken)
    {
        if (_channel is null)
        {
            var queue = await service.GetAsync("api/queue", ServiceJson.Default.QueueAnswer, cancellationToken);
            return new(queue.Queued, queue.Retrying, AreAll: true, AnyActive: queue.Active > 0);
        }

        // Everything that a job leads to is a new row, so it is among the newest; only a retry can be further back.
        var anyOlder = false;
        foreach (var status in (string[])["queued", "processing", "retrying"])
        {
            var some = await service.GetAsync(
                ServiceClient.Path("api/jobs?limit=1", ("status", status), ("channelId", _channel)), ServiceJson.Default.ListAnswerJobAnswer, cancellationToken);
            anyOlder |= some.Items.Count > 0;
        }

        var newest = await service.GetAsync(
            ServiceClient.Path($"api/jobs?limit={Newest}", ("channelId", _channel)), ServiceJson.Default.ListAnswerJobAnswer, cancellationToken);
        return new(
            newest.Items.Count(job => job.Status == "queued"),
            newest.Items.Count(job => job.Status == "retrying"),
            AreAll: newest.NextCursor is null,
            AnyActive: anyOlder || newest.Items.Any(job => job.IsActive));
    }

    private static string? PausesOf(PausesAnswer pauses)
    {
        var paused = pauses.ByType.Where(type => type.Value.Paused).ToList();
        return paused.Count == 0 ? null
            : $"Paused: {(pauses.Paused ? "all" : string.Join(", ", paused.Select(type => type.Key)))}"
                + (paused[0].Value.Reason is { } reason ? $" ({reason})" : "") + ". End it with 'videopipeline resume'.";
    }
}
