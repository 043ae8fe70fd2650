using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Tests.Database;

public sealed class MigrationsTests
{
    private static IEnumerable<Func<PipelineDbContext>> Databases()
    {
        yield return () => new SqlitePipelineDbContext.DesignTimeFactory().CreateDbContext([]);
        yield return () => new PostgreSqlPipelineDbContext.DesignTimeFactory().CreateDbContext([]);
        yield return () => new SqlServerPipelineDbContext.DesignTimeFactory().CreateDbContext([]);
    }

    [TestCaseSource(nameof(Databases))]
    public void The_model_has_no_changes_without_a_migration(Func<PipelineDbContext> create)
    {
        using var db = create();
        Assert.That(db.Database.HasPendingModelChanges(), Is.False);
    }

    /// <summary>One change of the model is one migration of the same name for each of them, since they began.</summary>
    [Test]
    public void The_databases_have_the_same_migrations()
    {
        var names = Databases().Select(create =>
        {
            using var db = create();
            return db.Database.GetMigrations().Select(id => id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..]).ToList();
        }).ToList();

        // The servers' first one has what SQLite got in two.
        Assert.That(names[1], Is.EqualTo(names[2]));
        Assert.That(names[0].Where(name => name != "ManyNodes"), Is.EqualTo(names[1]));
    }
}
