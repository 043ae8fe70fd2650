using Prometheus;

namespace VideoPipeline.Server.Requests;

/// <summary>Counts and times requests by their routes, which must be known by then; those for the metrics themselves are left out.</summary>
internal static class RequestMetrics
{
    private static readonly string[] Labels = ["method", "code", "endpoint"];

    public static void UseRequestMetrics(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<MetricFactory>();
        app.UseHttpMetrics(options =>
        {
            options.InProgress.Enabled = false;
            options.RequestCount.Counter = metrics.CreateCounter("videopipeline_http_requests_total", "Requests that this node has answered, by route.", Labels);
            options.RequestDuration.Histogram = metrics.CreateHistogram(
                "videopipeline_http_request_seconds", "How long they took; those that listen to events, as long as they listened.", Labels);
        });
    }
}
