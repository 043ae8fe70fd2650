using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace VideoPipeline.Database;

/// <summary>The rows in SQL Server.</summary>
public sealed class SqlServerPipelineDbContext(DbContextOptions<SqlServerPipelineDbContext> options) : PipelineDbContext(options)
{
    /// <summary>By code point, as the other databases compare: ids of videos differ in case alone.</summary>
    private const string Collation = "Latin1_General_100_BIN2";

    internal override Task MigrateAsync(CancellationToken cancellationToken) => Database.MigrateAsync(cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMicrosecondsConverter>().HavePrecision(6);
        configurationBuilder.Properties<string>().UseCollation(Collation);
    }

    /// <summary>For <c>dotnet ef migrations add</c>.</summary>
    internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<SqlServerPipelineDbContext>
    {
        public SqlServerPipelineDbContext CreateDbContext(string[] args) =>
            new(SqlServerDatabase.Options<SqlServerPipelineDbContext>("Server=127.0.0.1"));
    }
}
