using Microsoft.EntityFrameworkCore;
using VideoPipeline.Access;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

public sealed partial class QueueService
{
    /// <summary>The mirror needs milliseconds; a resume must not depend on it.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Lets no further job of this type (or of any) start; those that run go on to their end. Costs one row, whatever
    /// waits. Pausing again replaces reason and end.
    /// </summary>
    /// <param name="until">When it ends by itself; must be in the future.</param>
    /// <exception cref="InvalidRequestException"/>
    public async Task PauseAsync(
        JobType? jobType = null, string? reason = null, string? pausedBy = null, DateTimeOffset? until = null, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var errors = new RequestErrors();
        errors.AddIf(until <= now, "until", "must be in the future");
        errors.AddIf(reason?.Length > 500, "reason", "must have at most 500 characters");
        errors.ThrowIfAny();

        while (!await TryPauseAsync(new QueuePause { Scope = Scope(jobType), Reason = reason, PausedBy = pausedBy, PausedAt = now, Until = until }, cancellationToken))
        {
            // Somebody else has paused the same in this moment: that pause is replaced.
        }

        await pauses.RefreshAsync(cancellationToken);
    }

    /// <summary>Ends the pause of this type; without one, every pause.</summary>
    public async Task ResumeAsync(JobType? jobType = null, CancellationToken cancellationToken = default)
    {
        var scope = Scope(jobType);

        // What was enqueued or changed during the pause is at its place in Hangfire before the first worker looks there.
        await signals.FlushAsync().WaitAsync(FlushTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!await TryResumeAsync(scope, cancellationToken))
        {
            // Somebody else has ended or changed one of the pauses in this moment.
        }

        await pauses.RefreshAsync(cancellationToken);
    }

    /// <summary>Whether jobs of this type don't start; without one, whether no job at all does.</summary>
    public async Task<bool> IsPausedAsync(JobType? jobType = null, CancellationToken cancellationToken = default)
    {
        await pauses.RefreshAsync(cancellationToken);
        return jobType is { } type ? pauses.IsPaused(type) : JobTypes.All.All(pauses.IsPaused);
    }

    /// <summary>The pauses in force.</summary>
    public async Task<IReadOnlyList<QueuePause>> GetPausesAsync(CancellationToken cancellationToken = default)
    {
        await pauses.RefreshAsync(cancellationToken);
        return pauses.InForce;
    }

    private async Task<bool> TryPauseAsync(QueuePause pause, CancellationToken cancellationToken)
    {
        var actor = Actor.Current;
        try
        {
            await writer.WriteAsync(
                async db =>
                {
                    await db.Pauses.Where(other => other.Scope == pause.Scope).ExecuteDeleteAsync();
                    db.Pauses.Add(pause);
                    db.Note(actor, AuditAction.PauseQueue, pause.PausedAt, details: new { scope = pause.Scope, reason = pause.Reason, until = pause.Until });
                    await db.SaveChangesAsync();
                },
                cancellationToken);
            return true;
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            return false;
        }
    }

    /// <summary>Removes the rows that it has read, so that the end of each pause is told once.</summary>
    private async Task<bool> TryResumeAsync(string scope, CancellationToken cancellationToken)
    {
        var actor = Actor.Current;
        try
        {
            await writer.WriteAsync(
                async db =>
                {
                    var ended = await db.Pauses.AsTracking().Where(pause => scope == QueuePause.All || pause.Scope == scope).ToListAsync();
                    db.Pauses.RemoveRange(ended);
                    if (ended.Count > 0)
                    {
                        db.Note(actor, AuditAction.ResumeQueue, time.GetUtcNow(), details: new { scope });
                    }

                    await db.SaveChangesAsync();
                },
                cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static string Scope(JobType? jobType) => jobType?.Name() ?? QueuePause.All;
}
