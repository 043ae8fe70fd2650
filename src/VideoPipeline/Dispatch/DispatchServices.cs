using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;
using VideoPipeline.Dispatch.Storage;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>Puts the dispatch onto Hangfire together.</summary>
internal static class DispatchServices
{
    public static IServiceCollection AddDispatch(this IServiceCollection services, IConfiguration section)
    {
        services.AddValidated<DispatchOptions>(section.GetSection("Dispatch"));

        services.AddSingleton(Storage);
        services.AddSingleton<JobStorage>(provider => new PauseGate(
            provider.GetRequiredService<HangfireStorage>().Jobs, provider.GetRequiredService<PauseState>()));

        services.AddSingleton<IJobFilterProvider>(Filters);
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));

        // Only for the dashboard: it registers its routes and the clients, which take the storage and the filters from above.
        services.AddHangfire((provider, configuration) => configuration.UseStorage(provider.GetRequiredService<JobStorage>()));

        services.AddSingleton<Mirror>(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value.IsDispatchShared
            ? ActivatorUtilities.CreateInstance<SharedMirror>(provider)
            : ActivatorUtilities.CreateInstance<LocalMirror>(provider));
        services.AddSingleton<IBackgroundJobs>(provider => provider.GetRequiredService<Mirror>());
        services.AddHostedService(provider => provider.GetRequiredService<Mirror>());
        services.AddHostedService<RetryTimer>();
        services.AddHostedService<Reconciler>();
        services.AddHosted<RecurringScrapes>();

        // Last: workers start when everything that they rely on has.
        services.AddHostedService<HangfireServers>();
        return services;
    }

    /// <summary>Chooses where the background jobs are. Nothing else asks which storage it is.</summary>
    private static HangfireStorage Storage(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        return options switch
        {
            { IsDispatchShared: true, Mode: StorageMode.PostgreSql } => new PostgreSqlHangfire(options.ConnectionString!),
            { IsDispatchShared: true, Mode: StorageMode.SqlServer } => new SqlServerHangfire(options.ConnectionString!),
            _ => new InMemoryHangfire(),
        };
    }

    /// <summary>
    /// The filters, in their order. Of Hangfire's defaults only the one for the dashboard's charts is here: AutomaticRetryAttribute
    /// would retry beside the rows' own retries, and the others do nothing that is needed.
    /// </summary>
    private static JobFilterCollection Filters(IServiceProvider provider)
    {
        var mirror = new Lazy<Mirror>(provider.GetRequiredService<Mirror>);
        return new JobFilterCollection
        {
            // First: what must not start isn't looked at by the others.
            { new PauseFilter(provider.GetRequiredService<PauseState>(), mirror), 1 },

            // What became of the row, as a state.
            { new RetryFilter(mirror), 2 },

            // What is still somebody else's wish now comes from the dashboard.
            { new DashboardFilter(new Lazy<QueueService>(provider.GetRequiredService<QueueService>)), 3 },

            // Last, since they need to know the final state: what the dashboard's charts show, and how long to keep it.
            { new StatisticsHistoryAttribute(), 4 },
            { new ExpirationFilter(provider.GetRequiredService<TimeProvider>()), 5 },
        };
    }
}
