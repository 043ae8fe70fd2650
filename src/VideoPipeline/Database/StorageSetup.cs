using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Notifications;

namespace VideoPipeline.Database;

/// <summary>Chooses what keeps the rows by <see cref="StorageOptions.Mode"/>. Nothing else asks which database it is.</summary>
internal static class StorageSetup
{
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton(Contexts);
        services.AddSingleton<RowWriter>(provider => Mode(provider) == StorageMode.Sqlite
            ? new GroupCommitWriter(
                provider.GetRequiredService<IDbContextFactory<PipelineDbContext>>(), provider.GetRequiredService<ILogger<GroupCommitWriter>>())
            : new DirectWriter(provider.GetRequiredService<IDbContextFactory<PipelineDbContext>>()));

        services.AddSingleton<StandaloneDatabase>();

        // The first of all: what starts after it finds the tables.
        services.AddHostedService<DatabaseStartup>();
        return services;
    }

    private static StorageMode Mode(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value.Mode;

    private static IDbContextFactory<PipelineDbContext> Contexts(IServiceProvider provider)
    {
        var configured = provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString ?? "";
        return Mode(provider) switch
        {
            StorageMode.PostgreSql => new Pool<PostgreSqlPipelineDbContext>(
                PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(PostgreSqlDatabase.ConnectionString(configured)), provider),
            StorageMode.SqlServer => new Pool<SqlServerPipelineDbContext>(
                SqlServerDatabase.Options<SqlServerPipelineDbContext>(SqlServerDatabase.ConnectionString(configured)), provider),
            _ => new Pool<SqlitePipelineDbContext>(
                SqliteDatabase.Options<SqlitePipelineDbContext>(
                    SqliteDatabase.ConnectionString(provider.GetRequiredService<PipelineFolders>().DatabaseFile)), provider),
        };
    }

    /// <summary>Gives consumers the base type, so that only this file knows the database.</summary>
    private sealed class Pool<TContext>(DbContextOptions<TContext> options, IServiceProvider provider) : IDbContextFactory<PipelineDbContext>
        where TContext : PipelineDbContext
    {
        private readonly PooledDbContextFactory<TContext> _pool = new(Options(options, provider));

        public PipelineDbContext CreateDbContext() => _pool.CreateDbContext();

        private static DbContextOptions<TContext> Options(DbContextOptions<TContext> options, IServiceProvider provider)
        {
            // Both of these are thrown as well. Whoever catches them knows whether it is a failure: a unique key that is taken is an answer.
            var builder = new DbContextOptionsBuilder<TContext>(options).UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>())
                .ConfigureWarnings(warnings => warnings.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));
            if (provider.GetRequiredService<NotificationOutbox>() is { IsUsed: true } outbox)
            {
                builder.AddInterceptors(outbox);
            }

            return builder.Options;
        }
    }
}
