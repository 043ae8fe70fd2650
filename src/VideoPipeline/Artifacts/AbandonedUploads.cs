using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Stages;

namespace VideoPipeline.Artifacts;

/// <summary>
/// Removes, at the start and every hour, uploads that were cut off and that nobody will complete: they can't be seen, but take
/// room. By its first look it also tells the log of a store that can't be used; the service starts all the same, since it may
/// come back by itself.
/// </summary>
internal sealed class AbandonedUploads(S3ArtifactStore store, TimeProvider time, ILogger<AbandonedUploads> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await RemoveAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var removed = await store.RemoveAbandonedUploadsAsync(cancellationToken);
            if (removed > 0)
            {
                logger.LogInformation("Removed {Count} unfinished upload(s) of processes that died", removed);
            }
        }
        catch (StageException exception)
        {
            logger.LogWarning("Could not look for abandoned uploads: {Message}", exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogError(exception, "Could not look for abandoned uploads");
        }
    }
}
