using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.Access;

/// <summary>
/// Remembers when keys are used, and writes it down once a minute and at the end: no request waits for that. A process that
/// dies has lost the last minute, which nobody decides anything by.
/// </summary>
public sealed class KeyUses(ApiKeys keys, TimeProvider time, ILogger<KeyUses> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, DateTimeOffset> _uses = new();

    public void Note(ApiKey key) => Note(key.Id);

    public void Note(long keyId) => _uses[keyId] = time.GetUtcNow();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down; StopAsync writes the rest.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var uses = _uses.ToArray();
        if (uses.Length == 0)
        {
            return;
        }

        try
        {
            await keys.WriteUsesAsync(uses, cancellationToken);
            foreach (var use in uses)
            {
                // Not one that was noted meanwhile.
                _uses.TryRemove(use);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "Could not write down when keys were last used; trying again in {Interval}", Interval);
        }
    }
}
