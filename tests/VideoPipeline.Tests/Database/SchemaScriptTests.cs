using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using VideoPipeline.Database;
using VideoPipeline.Tests.Database.SqlServer;

namespace VideoPipeline.Tests.Database;

/// <summary>What a database administrator is given to run. PostgreSQL's runs against a real one in the integration tests.</summary>
public sealed class SchemaScriptTests
{
    [Test]
    public void SQL_Server_understands_its_script()
    {
        var (_, errors) = StatementParser.Parse(SchemaScript.Of(StorageMode.SqlServer));

        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void SQL_Servers_script_creates_every_table_of_the_service_and_of_Hangfire_and_each_only_if_it_is_not_there()
    {
        var (batches, _) = StatementParser.Parse(SchemaScript.Of(StorageMode.SqlServer));
        var tables = new Tables();
        foreach (var batch in batches)
        {
            batch.Accept(tables);
        }

        using var db = new SqlServerPipelineDbContext.DesignTimeFactory().CreateDbContext([]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tables.Guarded, Is.SupersetOf(db.Model.GetEntityTypes().Select(type => type.GetTableName())));
            Assert.That(tables.Guarded, Is.SupersetOf(new[] { "Schema", "Job", "State", "JobParameter", "JobQueue", "Server", "List", "Set", "Counter", "Hash" }));
            Assert.That(tables.Unguarded, Is.Empty);
        }
    }

    [Test]
    public void SQL_Server_understands_what_makes_its_database_for_containers()
    {
        var file = Path.Combine(RepositoryFolder.Path, "deploy", "sqlserver", "create-database.sql");

        Assert.That(StatementParser.Parse(File.ReadAllText(file)).Errors, Is.Empty);
    }

    [Test]
    public void Filtered_indexes_get_the_settings_that_they_need_whatever_the_client_has()
    {
        Assert.That(SchemaScript.Of(StorageMode.SqlServer), Does.StartWith("SET QUOTED_IDENTIFIER ON;\n"));
    }

    [Test]
    public void SQLite_has_no_script()
    {
        Assert.That(() => SchemaScript.Of(StorageMode.Sqlite), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private sealed class Tables : TSqlFragmentVisitor
    {
        private int _conditions;

        public HashSet<string> Guarded { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Unguarded { get; } = new(StringComparer.Ordinal);

        public override void ExplicitVisit(IfStatement node)
        {
            _conditions++;
            base.ExplicitVisit(node);
            _conditions--;
        }

        public override void Visit(CreateTableStatement node) =>
            (_conditions > 0 ? Guarded : Unguarded).Add(node.SchemaObjectName.BaseIdentifier.Value);
    }
}
