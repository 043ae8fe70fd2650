using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace VideoPipeline.Database;

/// <summary>The rows in PostgreSQL.</summary>
public sealed class PostgreSqlPipelineDbContext(DbContextOptions<PostgreSqlPipelineDbContext> options) : PipelineDbContext(options)
{
    internal override Task MigrateAsync(CancellationToken cancellationToken) => PostgreSqlDatabase.MigrateAsync(this, cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMicrosecondsConverter>();
    }

    /// <summary>For <c>dotnet ef migrations add</c>.</summary>
    internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<PostgreSqlPipelineDbContext>
    {
        public PostgreSqlPipelineDbContext CreateDbContext(string[] args) =>
            new(PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>("Host=127.0.0.1"));
    }
}
