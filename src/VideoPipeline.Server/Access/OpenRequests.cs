using System.Collections.Concurrent;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Ends requests that are still answered when their key is revoked, or that came without one when keys are asked for since: a
/// stream of events may last for days. They are checked every few seconds, all together; short requests never are.
/// </summary>
internal sealed class OpenRequests(ApiKeys keys, KeyRequirement requirement, TimeProvider time, ILogger<OpenRequests> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<HttpContext, (long? KeyId, long Since)> _open = new();

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // What is open to everybody, nobody has to be somebody for.
        if (context.User.Identity?.IsAuthenticated != true)
        {
            await next(context);
            return;
        }

        _open[context] = (BrowserSession.KeyIdOf(context.User), time.GetTimestamp());
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
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
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

        long[] asked = [.. old.Select(open => open.Value.KeyId).OfType<long>().Distinct()];
        var revoked = asked.Length == 0 ? [] : await keys.RevokedOfAsync(asked, cancellationToken);
        var isKeyRequired = await requirement.IsInForceAsync(cancellationToken);
        foreach (var open in old.Where(open => (open.Value.KeyId is { } id ? revoked.Contains(id) : isKeyRequired) && _open.TryRemove(open)))
        {
            open.Key.Abort();
        }
    }
}
