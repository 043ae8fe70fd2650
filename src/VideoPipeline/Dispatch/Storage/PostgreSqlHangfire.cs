using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using VideoPipeline.Database;

namespace VideoPipeline.Dispatch.Storage;

/// <summary>
/// Background jobs in the PostgreSQL database of the rows, in a schema of their own. On connections that don't wait for the
/// disk: what a power cut takes from the mirror is made anew from the rows.
/// </summary>
internal sealed class PostgreSqlHangfire : HangfireStorage, IConnectionFactory, IDisposable
{
    public const string Schema = "hangfire";

    private readonly NpgsqlDataSource _connections;
    private readonly DbContextOptions<PostgreSqlPipelineDbContext> _contextOptions;

    public PostgreSqlHangfire(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(PostgreSqlDatabase.ConnectionString(connectionString));
        builder.Options += " -c synchronous_commit=off";
        builder.NoResetOnClose = false;
        _connections = NpgsqlDataSource.Create(builder);
        _contextOptions = PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(_connections);
        Jobs = new PostgreSqlStorage(this, new PostgreSqlStorageOptions
        {
            SchemaName = Schema,

            // By PrepareAsync, before anything is used.
            PrepareSchemaIfNecessary = false,

            // Workers hear of new background jobs (LISTEN) instead of asking for them. What they miss SharedMirror notices.
            EnableLongPolling = true,
            QueuePollInterval = TimeSpan.FromMinutes(5),
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = InvisibilityTimeout,
            DistributedLockTimeout = LockTimeout,
            JobExpirationCheckInterval = ExpirationInterval,
        });
    }

    public override JobStorage Jobs { get; }

    public override bool TakesInOrderOfIds => true;

    public override bool JoinsTransactions => true;

    public NpgsqlConnection GetOrCreateConnection() => _connections.CreateConnection();

    public override PipelineDbContext CreateDbContext(IDbContextFactory<PipelineDbContext> contexts) => new PostgreSqlPipelineDbContext(_contextOptions);

    public override Task PrepareAsync(PipelineDbContext db, bool migrate, CancellationToken cancellationToken) =>
        migrate ? PostgreSqlDatabase.LockedAsync(db, () => InstallAsync(cancellationToken), cancellationToken) : CheckAsync(cancellationToken);

    public void Dispose() => _connections.Dispose();

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _connections.OpenConnectionAsync(cancellationToken);
        PostgreSqlObjectsInstaller.Install(connection, Schema);
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var newest = PostgreSqlHangfireScripts.Versions[^1];
        if (!await ReadAsync<bool>($"SELECT to_regclass('{Schema}.schema') IS NOT NULL", cancellationToken)
            || await ReadAsync<int>($"SELECT coalesce(max(version), 0) FROM {Schema}.schema", cancellationToken) < newest)
        {
            throw new SchemaOutdatedException([$"Hangfire's tables, version {newest}"]);
        }
    }

    private async Task<T> ReadAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = _connections.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
