using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Events;

/// <summary>
/// Tells listeners what changes, whichever node changes it. Nodes don't tell each other: one look a process at the rows that
/// were changed lately, while somebody listens, serves all its listeners; what this process changes wakes it at once. A
/// listener hears of a job's states, not of each step: what changes between two looks is told once, as it is now.
/// </summary>
public sealed class ChangeFeed(
    IDbContextFactory<PipelineDbContext> contexts, PauseState pauses, JobSignals signals, TimeProvider time, ILogger<ChangeFeed> logger)
    : BackgroundService
{
    /// <summary>
    /// How far each look goes back past the one before: for transactions that take long, and for nodes whose clocks are
    /// behind (leases want them within 10 s of each other).
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    /// <summary>As many as listen at once.</summary>
    public const int MostListeners = 1000;

    /// <summary>Of other nodes' changes listeners hear within a second.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How far a look goes back that this process's own changes asked for: its own clock is the same, and it commits at once.</summary>
    private static readonly TimeSpan NearOverlap = TimeSpan.FromSeconds(2);

    /// <summary>Waited for before such a look: changes rarely come alone.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(50);

    /// <summary>Whoever has missed more is told to read everything again.</summary>
    private const int MostResumed = ChangeListener.MostPending;

    private readonly Lock _gate = new();
    private readonly List<ChangeListener> _listeners = [];
    private readonly List<ChangeListener> _joining = [];
    private TaskCompletionSource _woken = NewWoken();
    private long _looks;

    /// <summary>More rows in the window than 30 s of work can change, by far. When one operation has changed more, the window reaches back less.</summary>
    internal int MostVersions { get; init; } = 50_000;

    /// <summary>How often the database was asked, however many listened.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    /// <summary>
    /// Begins to listen; dispose it to stop. First it is told what is paused; from then on no change is missed, and whoever
    /// reads the present state after that has all. With the cursor of an earlier event, what has changed since comes first.
    /// </summary>
    /// <param name="cursor">Null to begin now. One that is of no use is answered with <see cref="FeedReset"/>.</param>
    /// <returns>Null when <see cref="MostListeners"/> listen already.</returns>
    public ChangeListener? Listen(ChangeFilter filter, string? cursor = null)
    {
        var listener = new ChangeListener(filter, cursor, Leave);
        lock (_gate)
        {
            if (_listeners.Count + _joining.Count >= MostListeners)
            {
                return null;
            }

            _joining.Add(listener);
        }

        Wake();
        return listener;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.Changed += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Woken().WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await FollowAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
        finally
        {
            signals.Changed -= Wake;
        }
    }

    /// <summary>Looks for changes until nobody listens any more.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        Position? position = null;
        while (true)
        {
            lock (_gate)
            {
                if (_listeners.Count + _joining.Count == 0)
                {
                    // Whoever comes next wakes this one.
                    _woken = NewWoken();
                    return;
                }
            }

            // Taken before the look: what happens during it asks for another one.
            var pausesChanged = pauses.Changed;
            var woken = Reset();
            try
            {
                position = await LookAsync(position, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The next look goes back to the last one that succeeded.
                logger.LogWarning(exception, "Could not look for changes; those who listen hear of them when the database answers again");
                await Task.Delay(Interval, time, cancellationToken);
                continue;
            }

            await using var onPause = pausesChanged.Register(Wake);
            var left = position.NextWhole - time.GetUtcNow();
            if (left > TimeSpan.Zero && await IsCompletedWithinAsync(woken, left, cancellationToken))
            {
                await Task.Delay(Together, time, cancellationToken);
            }
        }
    }

    /// <summary>One look at what has changed since the position; null for the first.</summary>
    /// <returns>The position after it.</returns>
    private async Task<Position> LookAsync(Position? position, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        var now = time.GetUtcNow();
        var cursor = new FeedCursor(now);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var first = position is null;
        position ??= new Position(
            new ChangeWindow(await ChangeQuery.VersionsAsync(db, now - Overlap, MostVersions, cancellationToken)), now, now, now + Interval, pauses.InForce);

        // Before the look at the changes: what changes after the one is in the other.
        var joined = await AdmitAsync(db, cursor, cancellationToken);
        if (first)
        {
            await pauses.RefreshAsync(cancellationToken);
            position = position with { Pauses = pauses.InForce };
            joined.ForEach(listener => listener.Tell(new PausesChanged(cursor, position.Pauses)));
            return position;
        }

        var whole = now >= position.NextWhole;
        if (whole)
        {
            await pauses.RefreshAsync(cancellationToken);
        }

        var since = whole ? position.LastWhole - Overlap : position.Last - NearOverlap;
        var versions = await ChangeQuery.VersionsAsync(db, since, MostVersions + 1, cancellationToken);
        var inForce = pauses.InForce;
        var told = Listeners();
        var changed = position.Window.Changed(versions);
        if (versions.Count > MostVersions && changed.Count > MostResumed)
        {
            // Looking for them one by one would cost more than to read what is shown.
            told.ForEach(listener => listener.Tell(new FeedReset(cursor, "more has changed than could be told")));
            whole = true;
        }
        else
        {
            var changes = await ChangeQuery.JobsAsync(db, changed, cursor, cancellationToken);
            told.ForEach(listener => listener.Tell(changes));
        }

        // Not before they are told: a look that fails on the way is made again.
        position.Window.Remember(versions, whole);

        var pausesDiffer = !Keys(inForce).SequenceEqual(Keys(position.Pauses));
        (pausesDiffer ? told : joined).ForEach(listener => listener.Tell(new PausesChanged(cursor, inForce)));
        return position with
        {
            Last = now,
            LastWhole = whole ? now : position.LastWhole,
            NextWhole = whole ? now + Interval : position.NextWhole,
            Pauses = inForce,
        };
    }

    /// <summary>Lets those in who have come since the last look, and tells them what they missed.</summary>
    private async Task<List<ChangeListener>> AdmitAsync(PipelineDbContext db, FeedCursor cursor, CancellationToken cancellationToken)
    {
        List<ChangeListener> joining;
        lock (_gate)
        {
            joining = [.. _joining];
        }

        foreach (var listener in joining)
        {
            if (listener.Cursor is not { } text)
            {
                continue;
            }

            if (FeedCursor.Parse(text, cursor.At) is not { } from)
            {
                listener.Tell(new FeedReset(cursor, "the place to go on from is unknown or too old"));
                continue;
            }

            var missed = await ChangeQuery.ChangedAsync(db, from.At - Overlap, listener.Filter, MostResumed + 1, cancellationToken);
            if (missed.Count > MostResumed)
            {
                listener.Tell(new FeedReset(cursor, "too much has changed since"));
                continue;
            }

            // With the cursor that it came with: cut off again on the way, it goes on from there.
            listener.Tell(await ChangeQuery.JobsAsync(db, missed, from, cancellationToken));
        }

        lock (_gate)
        {
            // Without those who have left meanwhile.
            joining.RemoveAll(listener => !_joining.Remove(listener));
            _listeners.AddRange(joining);
        }

        return joining;
    }

    private List<ChangeListener> Listeners()
    {
        lock (_gate)
        {
            return [.. _listeners];
        }
    }

    private void Leave(ChangeListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
            _joining.Remove(listener);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_listeners.Count + _joining.Count > 0)
            {
                _woken.TrySetResult();
            }
        }
    }

    private Task Woken()
    {
        lock (_gate)
        {
            return _woken.Task;
        }
    }

    private Task Reset()
    {
        lock (_gate)
        {
            _woken = NewWoken();
            return _woken.Task;
        }
    }

    private static TaskCompletionSource NewWoken() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<bool> IsCompletedWithinAsync(Task task, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(within, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static IEnumerable<(string, string?, string?, DateTimeOffset, DateTimeOffset?)> Keys(IEnumerable<QueuePause> pauses) =>
        pauses.Select(pause => (pause.Scope, pause.Reason, pause.PausedBy, pause.PausedAt, pause.Until));

    /// <summary>How far the looks have come.</summary>
    /// <param name="Last">When the last one began.</param>
    /// <param name="LastWhole">When the last one began that went back by the whole overlap.</param>
    private sealed record Position(
        ChangeWindow Window, DateTimeOffset Last, DateTimeOffset LastWhole, DateTimeOffset NextWhole, IReadOnlyList<QueuePause> Pauses);
}
