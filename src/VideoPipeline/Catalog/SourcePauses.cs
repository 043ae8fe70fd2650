using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Catalog;

/// <summary>
/// Leaves a source alone that has asked for it or has blocked this machine. The pause is the channel's, not one job's:
/// everything else that would ask this source waits as well. It ends by itself; each further refusal makes it longer.
/// </summary>
public sealed class SourcePauses(IDbContextFactory<PipelineDbContext> contexts, TimeProvider time)
{
    /// <summary>For a stage, before it asks the source for anything.</summary>
    /// <exception cref="SnoozeException">The source is to be left alone.</exception>
    public async Task DemandOpenAsync(long channelId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var state = await db.SourceStates.AsNoTracking().FirstOrDefaultAsync(s => s.ChannelId == channelId, cancellationToken);
        if (state?.PausedUntil is { } until && until > time.GetUtcNow())
        {
            throw new SnoozeException(state.PauseReason ?? "The source asks to wait.", until);
        }
    }

    /// <summary>
    /// For a stage's <see cref="StageResult.Apply"/>, when the source has answered: its refusals are forgotten. Not by a job
    /// that began before the pause did: the refusal is the later word.
    /// </summary>
    internal static Task ForgetAsync(PipelineDbContext db, Jobs.VideoProcessingJob job, CancellationToken cancellationToken) => db.SourceStates
        .Where(s => s.ChannelId == job.ChannelId && s.Refusals > 0 && (s.PausedUntil == null || s.PausedUntil <= job.StartedAt))
        .ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Refusals, 0).SetProperty(s => s.PausedUntil, (DateTimeOffset?)null).SetProperty(s => s.PauseReason, (string?)null),
            cancellationToken);

    /// <summary>Pauses the source, or prolongs its pause.</summary>
    /// <param name="startedAt">When the job began that was refused.</param>
    /// <returns>Until when.</returns>
    internal static DateTimeOffset Refuse(
        SourceState state, SourceRefusedException refused, SourceOptions options, DateTimeOffset? startedAt, DateTimeOffset now)
    {
        // Several downloads that are refused at once are one refusal: those after the first began before its pause was over,
        // however short that was.
        if (!(state.PausedUntil > (startedAt ?? now)))
        {
            state.Refusals++;
        }

        // The first time the source is taken at its word. One that refuses again after that is left alone for longer.
        if (!(state.PausedUntil > now))
        {
            state.PausedUntil = state.Refusals == 1 && refused.Until is { } named ? named : now + Delay(state.Refusals, options);
        }

        if (refused.Until > state.PausedUntil)
        {
            state.PausedUntil = refused.Until;
        }

        state.PauseReason = refused.Message;
        return state.PausedUntil!.Value;
    }

    /// <summary>How long the pause after so many refusals in a row is at least, the first one with a time that the source names left out: it doubles, up to a cap.</summary>
    internal static TimeSpan Delay(int refusals, SourceOptions options) => TimeSpan.FromSeconds(
        Math.Min(options.PauseDelay.TotalSeconds * Math.Pow(2, Math.Min(refusals - 1, 62)), options.MaxPauseDelay.TotalSeconds));
}
