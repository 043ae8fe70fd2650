using Hangfire.Logging;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Respawn;
using Respawn.Graph;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>A database on the tests' PostgreSQL, emptied for each test.</summary>
internal sealed class PostgreSqlTestStorage(string dispatcher, bool appendOnly = false) : TestStorage
{
    /// <summary>That of the storage with the dispatcher in the database.</summary>
    public const string Database = "conformance_auto";

    private string? _connectionString;
    private Respawner? _respawner;

    public override async Task<IReadOnlyDictionary<string, string?>> ResetAsync()
    {
        _connectionString ??= await MakeDatabaseAsync();
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        _respawner ??= await Respawner.CreateAsync(connection, new RespawnerOptions
        {
            DbAdapter = DbAdapter.Postgres,
            SchemasToInclude = ["public", "hangfire"],
            TablesToIgnore = [new Table("public", "__EFMigrationsHistory"), new Table("public", "mirror_turns"), new Table("hangfire", "schema")],
        });
        await _respawner.ResetAsync(connection);
        return new Dictionary<string, string?>
        {
            ["Storage:Mode"] = nameof(StorageMode.PostgreSql),
            ["Storage:ConnectionString"] = _connectionString,
            ["Storage:Dispatcher"] = dispatcher,
        };
    }

    public override void Configure(IServiceCollection services)
    {
        if (appendOnly)
        {
            services.AddSingleton<HangfireStorage>(_ => new AppendOnlyHangfire(_connectionString!));
        }
    }

    private async Task<string> MakeDatabaseAsync()
    {
        var connectionString = await (await TestServers.PostgreSqlAsync()).CreateDatabaseAsync($"conformance_{dispatcher}{(appendOnly ? "_append_only" : "")}".ToLowerInvariant());
        await using var db = new PostgreSqlPipelineDbContext(
            PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(PostgreSqlDatabase.ConnectionString(connectionString)));
        await db.MigrateAsync(CancellationToken.None);

        // Hangfire's logger is static, and that of an earlier test's host has gone with its host.
        LogProvider.SetCurrentLogProvider(null);

        // Respawn knows the tables that are there when it first looks.
        using var hangfire = new PostgreSqlHangfire(connectionString);
        await hangfire.PrepareAsync(db, migrate: true, CancellationToken.None);
        return connectionString;
    }
}
