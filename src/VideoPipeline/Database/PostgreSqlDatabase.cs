using Microsoft.EntityFrameworkCore;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace VideoPipeline.Database;

/// <summary>How PostgreSQL is reached and brought up to date.</summary>
public static class PostgreSqlDatabase
{
    /// <summary>
    /// A process that is frozen in the middle of a transaction keeps its row locks. After so long the server ends its session
    /// and with it the locks, well before the other nodes' leases run out behind them.
    /// </summary>
    private static readonly TimeSpan IdleInTransaction = TimeSpan.FromSeconds(5);

    /// <summary>Any number: what all nodes lock while one of them migrates.</summary>
    private const long MigrationLock = 0x56_50_4D_49_47;

    /// <summary>The operator's connection string with what the service relies on.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static string ConnectionString(string configured)
    {
        var builder = new NpgsqlConnectionStringBuilder(configured);
        builder.ApplicationName ??= "VideoPipeline";

        // Nothing here leaves a trace in its session, so none needs to be wiped before the next use.
        builder.NoResetOnClose = true;
        builder.Options = $"{builder.Options} -c idle_in_transaction_session_timeout={IdleInTransaction.TotalMilliseconds:0}".Trim();
        return builder.ToString();
    }

    public static DbContextOptions<TContext> Options<TContext>(string connectionString)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql(connectionString, Configure).UseSnakeCaseNamingConvention().Options;

    /// <summary>On connections that others use, too: what happens in one transaction must happen on one of them.</summary>
    public static DbContextOptions<TContext> Options<TContext>(NpgsqlDataSource connections)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql(connections, Configure).UseSnakeCaseNamingConvention().Options;

    /// <summary>Creates or upgrades the schema; of several nodes that start at once one does, the others wait for it.</summary>
    public static Task MigrateAsync(PipelineDbContext db, CancellationToken cancellationToken) =>
        LockedAsync(db, () => db.Database.MigrateAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Runs something while no other node runs anything through this. The lock is the session's, and the session ends with
    /// this call, however it ends: a pooled one would live on with the lock.
    /// </summary>
    internal static async Task LockedAsync(PipelineDbContext db, Func<Task> run, CancellationToken cancellationToken)
    {
        var ofItsOwn = new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString()) { Pooling = false };
        await using var connection = new NpgsqlConnection(ofItsOwn.ToString());
        await connection.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", connection) { CommandTimeout = 0 })
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await run();
    }

    private static void Configure(NpgsqlDbContextOptionsBuilder npgsql) =>
        npgsql.EnableRetryOnFailure(ServerRestart.Retries, ServerRestart.LongestDelay, errorCodesToAdd: null);
}
