using Microsoft.EntityFrameworkCore;

namespace VideoPipeline.Database;

/// <summary>
/// A transaction of its own on a connection of its own for each operation: database servers take many writers at once, and
/// group their commits themselves. What the server's restart or a deadlock breaks off is run again from its beginning. When
/// the connection is lost during the commit itself, nobody knows whether it took place: run again, a guarded update then
/// finds its work done and reports that the row is no longer the caller's, and an insert meets its unique key.
/// </summary>
public sealed class DirectWriter(IDbContextFactory<PipelineDbContext> contexts) : RowWriter
{
    public override async Task<T> WriteAsync<T>(Func<PipelineDbContext, Task<T>> operation, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            var result = await operation(db);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        });
    }
}
