using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace VideoPipeline.Telemetry;

/// <summary>The metrics for Prometheus: in a registry of the service's own, since a process may have more than one service in it.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton(_ =>
        {
            var registry = Metrics.NewCustomRegistry();
            DotNetStats.Register(registry);
            return registry;
        });
        services.AddSingleton(provider => Metrics.WithCustomRegistry(provider.GetRequiredService<CollectorRegistry>()));
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<QueueMetrics>();

        // With the service, not with the first look: what is counted is counted from the start.
        services.AddHostedService<MetricsStart>();
    }
}
