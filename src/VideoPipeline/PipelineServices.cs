using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Dispatch;
using VideoPipeline.Events;
using VideoPipeline.GitHub;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;
using VideoPipeline.Notifications;
using VideoPipeline.Stages;
using VideoPipeline.Telemetry;

namespace VideoPipeline;

/// <summary>Everything that the system does, put together.</summary>
public static class PipelineServices
{
    /// <summary>
    /// Adds the queue, its dispatch and the stages. What they run in the background starts with the host, in the order in
    /// which it is registered here, and stops in the reverse order.
    /// </summary>
    /// <param name="addGate">Adds what starts after the database and before anything else: it may refuse the start.</param>
    public static IServiceCollection AddVideoPipeline(
        this IServiceCollection services, IConfiguration configuration, Action<IServiceCollection>? addGate = null)
    {
        var section = configuration.GetSection(PipelineOptions.Section);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<UnknownSettings>(provider, section));
        services.AddHostedService(provider => provider.GetRequiredService<UnknownSettings>());
        services.AddValidated<PipelineOptions>(section);
        services.AddValidated<StorageOptions>(section.GetSection("Storage"));
        services.AddValidated<WorkerOptions>(section.GetSection("Workers"));
        services.AddValidated<RetryOptions>(section.GetSection("Retry"));
        services.AddValidated<LeaseOptions>(section.GetSection("Lease"));
        services.AddValidated<RetentionOptions>(section.GetSection("Retention"));
        services.AddValidated<NodeOptions>(section.GetSection("Node"));

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<PipelineFolders>();
        services.AddDatabase();
        addGate?.Invoke(services);
        services.AddSingleton<ThisNode>();
        services.AddHostedService<NodeHeartbeat>();
        services.AddAccess(section);
        services.AddStages(section);
        services.AddSingleton<ChannelRules>();
        services.AddSingleton<ChannelCatalog>();
        services.AddSingleton<VideoCatalog>();
        services.AddSingleton<VideoBoard>();
        services.AddJobs();
        services.AddTelemetry();
        services.AddNotifications(section.GetSection("Notifications"));
        services.AddDispatch(section);
        services.AddGitHub(section.GetSection("GitHub"));
        return services;
    }

    /// <summary>Binds options and checks them when the host starts: a wrong one stops it with its name and what is allowed.</summary>
    internal static void AddValidated<T>(this IServiceCollection services, IConfigurationSection section)
        where T : class =>
        services.AddSingleton(new SettingsSection(section.Path, typeof(T)))
            .AddSingleton(new SettingsValidation<T>(section))
            .AddSingleton<IConfigureOptions<T>>(provider => provider.GetRequiredService<SettingsValidation<T>>())
            .AddSingleton<IValidateOptions<T>>(provider => provider.GetRequiredService<SettingsValidation<T>>())
            .AddOptions<T>().ValidateOnStart();

    private static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobSignals>();
        services.AddSingleton<JobRows>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<QueueService>();
        services.AddSingleton<QueueOverview>();
        services.AddHosted<PauseState>();
        services.AddHosted<RunningJobs>();
        services.AddHosted<Pruner>();
        services.AddHosted<ChangeFeed>();
    }

    /// <summary>A background service that others may ask, too: one instance for both.</summary>
    internal static void AddHosted<T>(this IServiceCollection services)
        where T : class, Microsoft.Extensions.Hosting.IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
