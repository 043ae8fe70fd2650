using Microsoft.Extensions.Options;
using VideoPipeline.Database;

namespace VideoPipeline.Access;

/// <summary>
/// Whether requests must come with a key: from the moment on at which the first one is created, by whatever process, and
/// then for ever, since revoking the last key must not open the service; or from the start when the settings say so.
/// </summary>
public sealed class KeyRequirement(ApiKeys keys, IOptions<AccessOptions> options, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>A database that is away must not hold up those who need no key.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(2);

    private volatile bool _inForce = options.Value.RequireKeys;
    private long _lookedAt;

    public async ValueTask<bool> IsInForceAsync(CancellationToken cancellationToken)
    {
        var lookedAt = Interlocked.Read(ref _lookedAt);
        if (_inForce || (lookedAt != 0 && time.GetElapsedTime(lookedAt) < LookInterval)
            || Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), lookedAt) != lookedAt)
        {
            // Whoever comes while another one looks goes by what was known before; at the start that is what StartAsync read.
            return _inForce;
        }

        try
        {
            using var timeout = new CancellationTokenSource(LookTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await LookAsync(either.Token);
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Nothing but probes gets an answer without the database anyway, and those must say that it is away.
        }

        return _inForce;
    }

    /// <summary>Reads it from the database, whatever is known.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_inForce && await keys.AnyAsync(cancellationToken))
        {
            _inForce = true;
        }
    }
}
