using Microsoft.EntityFrameworkCore;
using Npgsql;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests.Deploy;

/// <summary>What an administrator is given to run on PostgreSQL, run as he does.</summary>
public sealed class SchemaOnPostgreSqlTests
{
    [Test]
    public async Task The_script_makes_all_that_the_service_checks_and_can_be_run_again()
    {
        using var folder = new TemporaryFolder();
        var server = await TestServers.PostgreSqlAsync();
        var connectionString = await server.CreateDatabaseAsync("schema_by_hand");
        var (_, script, _) = await CommandLine.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "VideoPipeline.Server.dll"), "schema", "PostgreSql"]);
        var file = folder.NewFile("schema.sql", script);

        for (var time = 1; time <= 2; time++)
        {
            var (exitCode, _, errors) = await PsqlAsync(connectionString, "--file", file);
            Assert.That(exitCode, Is.Zero, errors);
        }

        await using var db = new PostgreSqlPipelineDbContext(
            PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(PostgreSqlDatabase.ConnectionString(connectionString)));
        Assert.That(await db.Database.GetPendingMigrationsAsync(), Is.Empty);
        using var hangfire = new PostgreSqlHangfire(connectionString);
        Assert.That(() => hangfire.PrepareAsync(db, migrate: false, CancellationToken.None), Throws.Nothing);
    }

    [Test]
    public async Task A_migration_that_fails_keeps_no_other_node_waiting()
    {
        var connectionString = await (await TestServers.PostgreSqlAsync()).CreateDatabaseAsync("schema_locked");
        await using var failing = NewContext("one");
        await using var other = NewContext("another");

        Assert.That(
            () => PostgreSqlDatabase.LockedAsync(failing, () => throw new InvalidOperationException("no"), CancellationToken.None),
            Throws.InvalidOperationException);
        var ran = false;
        await PostgreSqlDatabase.LockedAsync(other, () => Task.FromResult(ran = true), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(ran);

        // With another name its connections are other ones than the first one's.
        PostgreSqlPipelineDbContext NewContext(string name) => new(PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(
            PostgreSqlDatabase.ConnectionString($"{connectionString};Application Name={name}")));
    }

    [Test]
    public async Task It_makes_the_same_tables_as_the_service_does()
    {
        var server = await TestServers.PostgreSqlAsync();
        var byHand = await server.CreateDatabaseAsync("schema_of_script");
        var byService = await server.CreateDatabaseAsync("schema_of_service");
        await server.ExecuteAsync("schema_of_script", SchemaScript.Of(StorageMode.PostgreSql));
        await using (var db = new PostgreSqlPipelineDbContext(
            PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(PostgreSqlDatabase.ConnectionString(byService))))
        {
            await db.MigrateAsync(CancellationToken.None);
            using var hangfire = new PostgreSqlHangfire(byService);
            await hangfire.PrepareAsync(db, migrate: true, CancellationToken.None);
        }

        Assert.That(await DescribeAsync(byHand), Is.EqualTo(await DescribeAsync(byService)).And.Not.Empty);
    }

    [Test]
    public async Task The_service_runs_with_no_more_rights_than_to_read_and_write_what_the_script_has_made()
    {
        using var folder = new TemporaryFolder();
        var server = await TestServers.PostgreSqlAsync();
        var connectionString = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("schema_without_rights"));
        await server.ExecuteAsync("schema_without_rights", SchemaScript.Of(StorageMode.PostgreSql));
        await server.ExecuteAsync(
            "schema_without_rights",
            """
            CREATE ROLE pipeline_without_rights LOGIN;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public, hangfire TO pipeline_without_rights;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, hangfire TO pipeline_without_rights;
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public, hangfire TO pipeline_without_rights;
            """);
        connectionString.Username = "pipeline_without_rights";

        await using var service = await ServerProcess.StartAsync(folder.Of("data"), Settings(connectionString.ToString()));
        var api = new ServiceApi(service.HttpClient);
        var channel = await api.AddChannelAsync("by hand", folder.NewFolder("videos"));
        var scrape = await api.PostAsync($"/api/channels/{channel}/scrape");

        await api.UntilAsync(scrape.GetProperty("id").GetInt64(), "completed");
    }

    [Test]
    public async Task Without_the_script_the_service_says_what_is_missing_and_creates_nothing()
    {
        using var folder = new TemporaryFolder();
        var connectionString = await (await TestServers.PostgreSqlAsync()).CreateDatabaseAsync("schema_missing");

        var (exitCode, output) = await ServerProcess.RunToEndAsync(folder.Of("data"), Settings(connectionString));

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("VideoPipeline can't start: The database lacks").And.Contain("deploy/schema.sh").And.Not.Contain("Unhandled"));
        await using var connections = NpgsqlDataSource.Create(connectionString);
        await using var tables = connections.CreateCommand("SELECT count(*) FROM information_schema.tables WHERE table_schema IN ('public', 'hangfire')");
        Assert.That(await tables.ExecuteScalarAsync(), Is.Zero);
    }

    private static Dictionary<string, string> Settings(string connectionString) => new(StringComparer.Ordinal)
    {
        ["VideoPipeline__Storage__Mode"] = "PostgreSql",
        ["VideoPipeline__Storage__ConnectionString"] = connectionString,
        ["VideoPipeline__Storage__Migrate"] = "false",
    };

    private static Task<(int ExitCode, string Output, string Errors)> PsqlAsync(string connectionString, params string[] arguments)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return CommandLine.RunAsync(
            "psql",
            ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", $"--host={builder.Host}", $"--port={builder.Port}", $"--username={builder.Username}", $"--dbname={builder.Database}", .. arguments]);
    }

    /// <summary>Columns, constraints and indexes of both schemas.</summary>
    private static async Task<List<string>> DescribeAsync(string connectionString)
    {
        const string sql = """
            SELECT concat_ws(' ', table_schema, table_name, column_name, data_type, is_nullable, column_default)
            FROM information_schema.columns WHERE table_schema IN ('public', 'hangfire')
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'hangfire')
            UNION ALL SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace::regnamespace::text IN ('public', 'hangfire')
            UNION ALL SELECT 'version ' || version FROM hangfire.schema
            ORDER BY 1
            """;
        await using var connections = NpgsqlDataSource.Create(connectionString);
        await using var command = connections.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var described = new List<string>();
        while (await reader.ReadAsync())
        {
            described.Add(reader.GetString(0));
        }

        return described;
    }
}
