using Microsoft.Data.SqlClient;
using Respawn;
using Respawn.Graph;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;

namespace VideoPipeline.IntegrationTests.Storages;

/// <summary>A database on a SQL Server that somebody else runs, emptied for each test. Everything in it is lost.</summary>
internal sealed class SqlServerTestStorage : TestStorage
{
    private const string Variable = "VIDEOPIPELINE_TEST_SQLSERVER";

    private Respawner? _respawner;

    public override async Task<IReadOnlyDictionary<string, string?>> ResetAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } connectionString)
        {
            Assert.Ignore($"No SQL Server: {Variable} holds no connection string.");
            throw new InvalidOperationException();
        }

        await using (var db = new SqlServerPipelineDbContext(
            SqlServerDatabase.Options<SqlServerPipelineDbContext>(SqlServerDatabase.ConnectionString(connectionString))))
        {
            await db.MigrateAsync(CancellationToken.None);
            await new SqlServerHangfire(connectionString).PrepareAsync(db, migrate: true, CancellationToken.None);
        }

        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync();
        _respawner ??= await Respawner.CreateAsync(connection, new RespawnerOptions
        {
            DbAdapter = DbAdapter.SqlServer,
            TablesToIgnore = [new Table("dbo", "__EFMigrationsHistory"), new Table("dbo", "mirror_turns"), new Table("HangFire", "Schema")],
        });
        await _respawner.ResetAsync(connection);
        return new Dictionary<string, string?>
        {
            ["Storage:Mode"] = nameof(StorageMode.SqlServer),
            ["Storage:ConnectionString"] = connectionString,
        };
    }
}
