using System.Collections.Concurrent;
using System.Data.Common;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Ends requests that are still answered when their key is revoked: a stream of events may last for days. They are checked
/// every few seconds, all together; short requests never are.
/// </summary>
internal sealed class OpenRequests(ApiKeys keys, TimeProvider time, ILogger<OpenRequests> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<HttpContext, (long KeyId, long Since)> _open = new();

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (BrowserSession.KeyIdOf(context.User) is not { } keyId)
        {
            await next(context);
            return;
        }

        _open[context] = (keyId, time.GetTimestamp());
        try
        {
            await next(context);
        }
        finally
        {
            _open.TryRemove(context, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await EndAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is DbException or InvalidOperationException)
                {
                    logger.LogWarning(exception, "Could not look whether the keys of open requests are still valid; trying again in {Interval}", Interval);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var old = _open.Where(open => time.GetElapsedTime(open.Value.Since) >= Interval).ToList();
        if (old.Count == 0)
        {
            return;
        }

        var revoked = await keys.RevokedOfAsync([.. old.Select(open => open.Value.KeyId).Distinct()], cancellationToken);
        foreach (var open in old.Where(open => revoked.Contains(open.Value.KeyId) && _open.TryRemove(open)))
        {
            open.Key.Abort();
        }
    }
}
