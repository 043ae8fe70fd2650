using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace VideoPipeline.Database;

/// <summary>The rows in a SQLite file.</summary>
public sealed class SqlitePipelineDbContext(DbContextOptions<SqlitePipelineDbContext> options) : PipelineDbContext(options)
{
    internal override Task MigrateAsync(CancellationToken cancellationToken) => SqliteDatabase.MigrateAsync(this, cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // SQLite has no type for points in time, and text can be neither compared nor ordered by EF: microseconds since 1970, UTC.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();
    }

    private sealed class MicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(
        time => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        microseconds => new DateTimeOffset((microseconds * TimeSpan.TicksPerMicrosecond) + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero));

    /// <summary>For <c>dotnet ef migrations add</c>.</summary>
    internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<SqlitePipelineDbContext>
    {
        public SqlitePipelineDbContext CreateDbContext(string[] args) =>
            new(SqliteDatabase.Options<SqlitePipelineDbContext>("Data Source=:memory:"));
    }
}
