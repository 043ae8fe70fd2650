namespace VideoPipeline.Artifacts;

/// <summary>Cancels what has given no sign of life for too long, however long it takes in all.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _either;
    private bool _isLast;

    public IdleLimit(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _idle = new(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_idle.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>A sign of life. One that comes late, from a thread of the SDK's own, changes nothing any more.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            if (!_isLast)
            {
                _idle.CancelAfter(_timeout);
            }
        }
    }

    /// <summary>From now on it is this long that all the rest may take.</summary>
    public void Last(TimeSpan time)
    {
        lock (_lock)
        {
            _isLast = true;
            _idle.CancelAfter(time);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isLast = true;
        }

        _either.Dispose();
        _idle.Dispose();
    }
}
