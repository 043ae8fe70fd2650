using Hangfire;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>
/// PostgreSQL used in the way that the mirror must use SQL Server: nothing is put into a queue again, and background jobs
/// aren't created in the transaction of their marks. What the mirror does then is tested for real, though on another database.
/// </summary>
internal sealed class AppendOnlyHangfire(string connectionString) : HangfireStorage, IDisposable
{
    private readonly PostgreSqlHangfire _inner = new(connectionString);

    public override JobStorage Jobs => _inner.Jobs;

    public override Task PrepareAsync(PipelineDbContext db, bool migrate, CancellationToken cancellationToken) =>
        _inner.PrepareAsync(db, migrate, cancellationToken);

    public override PipelineDbContext CreateDbContext(IDbContextFactory<PipelineDbContext> contexts) => _inner.CreateDbContext(contexts);

    public void Dispose() => _inner.Dispose();
}
