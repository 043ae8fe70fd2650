using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace VideoPipeline.Database;

/// <summary>How SQL Server is reached.</summary>
public static class SqlServerDatabase
{
    /// <summary>The operator's connection string with what the service relies on.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static string ConnectionString(string configured)
    {
        var builder = new SqlConnectionStringBuilder(configured);
        if (!builder.ShouldSerialize(nameof(builder.ApplicationName)))
        {
            builder.ApplicationName = "VideoPipeline";
        }

        return builder.ToString();
    }

    public static DbContextOptions<TContext> Options<TContext>(string connectionString)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>()
            .UseSqlServer(connectionString, server => server.EnableRetryOnFailure(ServerRestart.Retries, ServerRestart.LongestDelay, errorNumbersToAdd: null))
            .UseSnakeCaseNamingConvention()
            .Options;
}
