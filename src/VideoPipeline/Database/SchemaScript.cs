using System.Text;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using VideoPipeline.Dispatch.Storage;

namespace VideoPipeline.Database;

/// <summary>
/// The SQL that creates or upgrades everything that this version keeps in a database server: its own tables and those of
/// Hangfire. For a database administrator who runs it by hand, with <see cref="StorageOptions.Migrate"/> off. It can be run
/// again, and over any earlier version. Nothing is asked of a database to write it.
/// </summary>
public static class SchemaScript
{
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
        return $"{Migrations(db)}\n{HangfireForPostgreSql()}";
    }

    private static string SqlServer()
    {
        using var db = new SqlServerPipelineDbContext.DesignTimeFactory().CreateDbContext([]);

        // Indexes with a filter need these, and sqlcmd begins with the first of them off.
        return $"SET QUOTED_IDENTIFIER ON;\nSET ANSI_NULLS ON;\nGO\n\n{Migrations(db)}\n{SqlServerHangfire.InstallScript}\nGO\n";
    }

    private static string Migrations(PipelineDbContext db) =>
        db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent).ReplaceLineEndings("\n");

    /// <summary>
    /// Hangfire runs one script after the other, each of which fails when it was run before, and counts the version up
    /// itself. The same here, without the failures, and in one transaction.
    /// </summary>
    private static string HangfireForPostgreSql()
    {
        const string schema = PostgreSqlHangfire.Schema;
        var script = new StringBuilder("START TRANSACTION;\n");
        foreach (var version in PostgreSqlHangfireScripts.Versions)
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
                        EXECUTE $hangfire$
                {PostgreSqlHangfireScripts.Read(version).ReplaceLineEndings("\n").Trim()}
                $hangfire$;
                        EXECUTE 'UPDATE "{schema}"."schema" SET "version" = {version}';
                    END IF;
                END
                $videopipeline$;

                """);
        }

        return script.Append("\nCOMMIT;\n").ToString();
    }
}
