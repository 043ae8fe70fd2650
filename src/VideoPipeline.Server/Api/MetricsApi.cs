using Prometheus;

namespace VideoPipeline.Server.Api;

/// <summary><c>/metrics</c>, for Prometheus.</summary>
internal static class MetricsApi
{
    public static void MapServiceMetrics(this WebApplication app) =>
        app.MapMetrics(settings => settings.Registry = app.Services.GetRequiredService<CollectorRegistry>());
}
