using System.Text;
using Hangfire.PostgreSql;
using Hangfire.SqlServer;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace VideoPipeline.Database;

/// <summary>
/// The SQL that creates or upgrades everything that this version keeps in a database server: its own tables and those of
/// Hangfire. For a database administrator who runs it by hand, with <see cref="StorageOptions.Migrate"/> off. It can be run
/// again, and over any earlier version. Nothing is asked of a database to write it.
/// </summary>
public static class SchemaScript
{
    /// <summary>Hangfire.PostgreSql's first script; the versions before it were never published.</summary>
    private const int FirstHangfireVersion = 3;

    private const string HangfireQuote = "$hangfire$";

    /// <exception cref="ArgumentOutOfRangeException">SQLite's file is the service's own.</exception>
    public static string Of(StorageMode mode) => mode switch
    {
        StorageMode.PostgreSql => PostgreSql(),
        StorageMode.SqlServer => SqlServer(),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Its tables are nobody's but the service's."),
    };

    private static string PostgreSql()
    {
        using var db = new PostgreSqlPipelineDbContext.DesignTimeFactory().CreateDbContext([]);
        return Migrations(db) + "\n" + HangfireForPostgreSql(new PostgreSqlStorageOptions().SchemaName);
    }

    private static string SqlServer()
    {
        using var db = new SqlServerPipelineDbContext.DesignTimeFactory().CreateDbContext([]);

        // Indexes with a filter need these, and sqlcmd begins with the first of them off.
        return "SET QUOTED_IDENTIFIER ON;\nSET ANSI_NULLS ON;\nGO\n\n" + Migrations(db)
            + "\n" + SqlServerObjectsInstaller.GetInstallScript(SqlServerStorageSchema, enableHeavyMigrations: true) + "\nGO\n";
    }

    private static string SqlServerStorageSchema => new SqlServerStorageOptions().SchemaName;

    private static string Migrations(PipelineDbContext db) =>
        db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent).TrimStart('\uFEFF').ReplaceLineEndings("\n");

    /// <summary>
    /// Hangfire runs one script after the other, each of which fails when it was run before, and counts the version up
    /// itself. The same here, without the failures, and in one transaction.
    /// </summary>
    private static string HangfireForPostgreSql(string schema)
    {
        var script = new StringBuilder("START TRANSACTION;\n");
        for (var version = FirstHangfireVersion; InstallScript(version) is { } install; version++)
        {
            script.Append($"""

                DO $videopipeline$
                DECLARE
                    installed integer := 0;
                BEGIN
                    IF to_regclass('"{schema}"."schema"') IS NOT NULL THEN
                        EXECUTE 'SELECT coalesce(max("version"), 0) FROM "{schema}"."schema"' INTO installed;
                    END IF;
                    IF installed < {version} THEN
                        EXECUTE {HangfireQuote}
                {install.ReplaceLineEndings("\n").Trim()}
                {HangfireQuote};
                        EXECUTE 'UPDATE "{schema}"."schema" SET "version" = {version}';
                    END IF;
                END
                $videopipeline$;

                """);
        }

        return script.Append("\nCOMMIT;\n").ToString();
    }

    private static string? InstallScript(int version)
    {
        using var stream = typeof(PostgreSqlStorage).Assembly.GetManifestResourceStream($"Hangfire.PostgreSql.Scripts.Install.v{version}.sql");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
