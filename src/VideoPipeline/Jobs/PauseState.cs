using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>
/// What is paused, as this process knows it: at once when it paused itself, within <see cref="RefreshInterval"/> when
/// another process did. Workers ask it before every fetch, so it answers from memory.
/// </summary>
public sealed class PauseState(IDbContextFactory<PipelineDbContext> contexts, TimeProvider time, ILogger<PauseState> logger) : BackgroundService
{
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private IReadOnlyList<QueuePause> _pauses = [];
    private CancellationTokenSource _changed = new();
    private long _reads;
    private long _replacedBy;

    /// <summary>Fires when something was paused or resumed since it was taken, or workers were asked to look again.</summary>
    public CancellationToken Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Token;
            }
        }
    }

    /// <summary>The pauses in force now.</summary>
    public IReadOnlyList<QueuePause> InForce
    {
        get
        {
            var now = time.GetUtcNow();
            return [.. Volatile.Read(ref _pauses).Where(pause => pause.Until is null || pause.Until > now)];
        }
    }

    public bool IsPaused(JobType jobType)
    {
        var pauses = Volatile.Read(ref _pauses);
        if (pauses.Count == 0)
        {
            return false;
        }

        var now = time.GetUtcNow();
        return pauses.Any(pause => (pause.Scope == QueuePause.All || pause.Scope == jobType.Name()) && (pause.Until is null || pause.Until > now));
    }

    /// <summary>Lets workers that wait for a job look for one again: one may be there of which they haven't heard.</summary>
    public void LookAgain()
    {
        CancellationTokenSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new CancellationTokenSource();
        }

        // Not disposed: a worker may be about to wait on it.
        changed.Cancel();
    }

    /// <summary>Reads the pauses from the database.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var read = Interlocked.Increment(ref _reads);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        Replace(read, await db.Pauses.AsNoTracking().OrderBy(pause => pause.Scope).ToListAsync(cancellationToken));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before any worker starts: a pause survives restarts.
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RefreshInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RefreshAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.LogWarning(exception, "Could not read what is paused; what was known before stays in force");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    /// <param name="read">Reads that began later have higher numbers: they know what those before may have missed.</param>
    private void Replace(long read, IReadOnlyList<QueuePause> pauses)
    {
        lock (_gate)
        {
            if (read < _replacedBy)
            {
                return;
            }

            _replacedBy = read;
            if (_pauses.Select(Key).SequenceEqual(pauses.Select(Key)))
            {
                return;
            }

            _pauses = pauses;
        }

        LookAgain();

        static (string, DateTimeOffset?, DateTimeOffset, string?, string?) Key(QueuePause pause) =>
            (pause.Scope, pause.Until, pause.PausedAt, pause.Reason, pause.PausedBy);
    }
}
