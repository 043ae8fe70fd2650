using Hangfire;
using Hangfire.SqlServer;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Dispatch.Storage;

/// <summary>
/// Background jobs in the SQL Server database of the rows, in a schema of their own. It opens transactions of its own, so
/// the mirror's marks on the rows follow what is in Hangfire, and the reconciler mends what a crash leaves between the two.
/// </summary>
internal sealed class SqlServerHangfire(string connectionString) : HangfireStorage
{
    /// <summary>Creates or upgrades Hangfire's tables. It takes a lock of its own, so several nodes may run it at once.</summary>
    public static string InstallScript => SqlServerObjectsInstaller.GetInstallScript("HangFire", enableHeavyMigrations: true);

    public override JobStorage Jobs { get; } = new SqlServerStorage(
        SqlServerDatabase.ConnectionString(connectionString),
        new SqlServerStorageOptions
        {
            PrepareSchemaIfNecessary = false,

            // Long polling: the delay until a worker sees a new background job stays under 0.2 s.
            QueuePollInterval = TimeSpan.Zero,
            SlidingInvisibilityTimeout = InvisibilityTimeout,
            JobExpirationCheckInterval = ExpirationInterval,
            CommandBatchMaxTimeout = TimeSpan.FromMinutes(1),
            UseRecommendedIsolationLevel = true,
            DisableGlobalLocks = true,
            EnableHeavyMigrations = true,
        });

    public override Task PrepareAsync(PipelineDbContext db, bool migrate, CancellationToken cancellationToken) =>
        migrate ? InstallAsync(db, cancellationToken) : CheckAsync(db, cancellationToken);

    private static Task<int> InstallAsync(PipelineDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(InstallScript, cancellationToken);

    private static async Task CheckAsync(PipelineDbContext db, CancellationToken cancellationToken)
    {
        var newest = SqlServerObjectsInstaller.LatestSchemaVersion;
        var exists = await db.Database.SqlQuery<int>($"SELECT CASE WHEN OBJECT_ID(N'[HangFire].[Schema]') IS NULL THEN 0 ELSE 1 END AS [Value]").SingleAsync(cancellationToken);
        if (exists == 0 || await db.Database.SqlQuery<int>($"SELECT MAX([Version]) AS [Value] FROM [HangFire].[Schema]").SingleAsync(cancellationToken) < newest)
        {
            throw new SchemaOutdatedException([$"Hangfire's tables, version {newest}"]);
        }
    }
}
