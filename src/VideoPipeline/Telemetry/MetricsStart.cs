using Microsoft.Extensions.Hosting;

namespace VideoPipeline.Telemetry;

/// <summary>Has the metrics made before anything happens that they count.</summary>
internal sealed class MetricsStart : IHostedService
{
    public MetricsStart(JobMetrics jobs, QueueMetrics queue)
    {
        // That they are there is all.
        _ = (jobs, queue);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
