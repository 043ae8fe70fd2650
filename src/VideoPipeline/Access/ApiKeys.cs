using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Access;

/// <summary>Creates, lists, revokes and recognises API keys. Programs beside the service use it, too: all of it is in the database.</summary>
public sealed class ApiKeys(RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, TimeProvider time)
{
    /// <returns>The key's row, and the key itself: shown this once, since it can't be had from the row.</returns>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="ConflictException">A valid key has this name.</exception>
    public async Task<(ApiKey Key, string Text)> CreateAsync(string? name, KeyRole role, CancellationToken cancellationToken = default)
    {
        if (ApiKey.ProblemOf(name) is { } problem)
        {
            throw new InvalidRequestException("name", problem);
        }

        var actor = Actor.Current;
        var (text, publicId, hash) = KeyText.New();
        try
        {
            // A crash after the commit leaves a key that nobody has seen: it is in the list, to be revoked.
            var key = await writer.WriteAsync(
                async db =>
                {
                    var now = time.GetUtcNow();
                    var added = new ApiKey { PublicId = publicId, Name = name!, Role = role, Hash = hash, CreatedAt = now };
                    db.ApiKeys.Add(added);
                    db.Note(actor, AuditAction.CreateKey, now, details: new { key = publicId, name, role });
                    await db.SaveChangesAsync();
                    return added;
                },
                cancellationToken);
            return (key, text);
        }
        catch (Exception exception) when (UniqueViolation.Is(exception))
        {
            throw new ConflictException($"There is a valid key with the name '{name}' already. Revoke it first, or choose another name.");
        }
    }

    /// <summary>All keys, the revoked ones included, in the order of their creation.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The key is refused from the next request on, on every node.</summary>
    /// <param name="nameOrId">The name of a valid key, or the public id of any.</param>
    /// <exception cref="InvalidRequestException">No valid key is called so.</exception>
    public Task<ApiKey> RevokeAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        var actor = Actor.Current;
        return writer.WriteAsync(
            async db =>
            {
                // A name can't hide an id: ids are looked at first.
                var key = await db.ApiKeys.AsTracking().Where(k => k.RevokedAt == null && (k.PublicId == nameOrId || k.Name == nameOrId))
                    .OrderByDescending(k => k.PublicId == nameOrId).FirstOrDefaultAsync()
                    ?? throw new InvalidRequestException("key", $"must be the name or the id of a valid key, but is '{nameOrId}'");
                key.RevokedAt = time.GetUtcNow();
                db.Note(actor, AuditAction.RevokeKey, key.RevokedAt.Value, details: new { key = key.PublicId, name = key.Name });
                await db.SaveChangesAsync();
                return key;
            },
            cancellationToken);
    }

    /// <summary>The valid key that this text is; null when it is none.</summary>
    public async Task<ApiKey?> RecogniseAsync(string text, CancellationToken cancellationToken)
    {
        if (!KeyText.TryRead(text, out var publicId, out var hash))
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var key = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.PublicId == publicId, cancellationToken);
        return key is { RevokedAt: null } && KeyText.AreEqual(key.Hash, hash) ? key : null;
    }

    /// <summary>Whether the key with this row is still valid.</summary>
    public async Task<bool> IsValidAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AnyAsync(k => k.Id == id && k.RevokedAt == null, cancellationToken);
    }

    /// <summary>Which of these keys were revoked.</summary>
    public async Task<IReadOnlyList<long>> RevokedOfAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.Where(k => ids.Contains(k.Id) && k.RevokedAt != null).Select(k => k.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Whether anybody can get in with a key.</summary>
    public async Task<bool> AnyValidAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AnyAsync(k => k.RevokedAt == null, cancellationToken);
    }

    /// <summary>Whether a key was ever created.</summary>
    internal async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AnyAsync(cancellationToken);
    }

    /// <summary>Writes down when keys were last used; never an earlier time over a later one of another node.</summary>
    internal Task WriteUsesAsync(IReadOnlyCollection<KeyValuePair<long, DateTimeOffset>> uses, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            foreach (var (id, usedAt) in uses)
            {
                await db.ApiKeys.Where(k => k.Id == id && (k.LastUsedAt == null || k.LastUsedAt < usedAt))
                    .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, usedAt));
            }
        },
        cancellationToken);
}
