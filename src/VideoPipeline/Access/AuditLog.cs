using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Access;

/// <summary>Which entries of the audit log are wanted; null for any.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }

    public string? Action { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Up to this time, itself not included.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>
/// What operators did, and when. An entry is written in the transaction of the action itself, so a crash leaves both or
/// neither. What the service does by itself isn't in it.
/// </summary>
public sealed class AuditLog(RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, TimeProvider time)
{
    /// <summary>More are counted, but not named.</summary>
    public const int MaxJobIds = 1000;

    /// <summary>The entries that match, newest first.</summary>
    /// <param name="beforeId">Only entries older than this one: the last of the page before.</param>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditFilter filter, int limit, long? beforeId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AuditEntries.AsNoTracking()
            .Where(entry => (filter.Actor == null || entry.Actor == filter.Actor)
                && (filter.Action == null || entry.Action == filter.Action)
                && (filter.From == null || entry.At >= filter.From)
                && (filter.To == null || entry.At < filter.To)
                && (beforeId == null || entry.Id < beforeId))
            .OrderByDescending(entry => entry.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>An entry of its own, for what changes no row; before it is done, so that nothing is done without one.</summary>
    public Task WriteAsync(Actor actor, string action, object? details = null, CancellationToken cancellationToken = default) => writer.WriteAsync(
        async db =>
        {
            db.Note(actor, action, time.GetUtcNow(), details: details);
            await db.SaveChangesAsync();
        },
        cancellationToken);

    /// <summary>Deletes some of the entries that are older than this.</summary>
    /// <returns>How many.</returns>
    internal Task<int> PruneAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) => writer.WriteAsync(
        db => db.AuditEntries.Where(entry => db.AuditEntries.Where(old => old.At < before).OrderBy(old => old.At).Take(most).Select(old => old.Id).Contains(entry.Id))
            .ExecuteDeleteAsync(),
        cancellationToken);
}

/// <summary>Writes entries into the transaction of what they are about.</summary>
public static class AuditNotes
{
    /// <summary>Adds an entry, to be saved with the rest; nothing when nobody asked for it.</summary>
    /// <param name="actor">Taken from <see cref="Actor.Current"/> before the write began.</param>
    /// <param name="jobs">The ids of the jobs that it is done to.</param>
    /// <param name="details">Becomes a JSON object.</param>
    public static void Note(
        this PipelineDbContext db,
        Actor? actor,
        string action,
        DateTimeOffset now,
        IReadOnlyCollection<long>? jobs = null,
        long? channelId = null,
        long? videoId = null,
        object? details = null)
    {
        if (actor is null)
        {
            return;
        }

        db.AuditEntries.Add(new AuditEntry
        {
            At = now,
            Actor = actor.Name,
            Action = action,
            JobCount = jobs?.Count ?? 0,
            JobIds = jobs is { Count: > 0 } ? JsonSerializer.Serialize(jobs.Take(AuditLog.MaxJobIds)) : null,
            ChannelId = channelId,
            VideoId = videoId,
            Details = details is null ? null : JsonSerializer.Serialize(details, JsonSerializerOptions.Web),
            Address = actor.Address,
        });
    }
}
