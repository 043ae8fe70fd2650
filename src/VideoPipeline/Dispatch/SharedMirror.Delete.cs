namespace VideoPipeline.Dispatch;

/// <summary>How background jobs go that no worker would take, however many there are.</summary>
internal sealed partial class SharedMirror
{
    /// <summary>So many changes of state take some 0.1 s.</summary>
    private const int DeletedAtOnce = 20;

    private readonly Queue<(string BackgroundJobId, string ExpectedState, string Reason)> _superfluous = [];
    private bool _deleting;

    /// <summary>A few at a time: whatever else the loop is told comes in between.</summary>
    private void DeleteInPassing(string backgroundJobId, string expectedState, string reason)
    {
        lock (_gate)
        {
            _superfluous.Enqueue((backgroundJobId, expectedState, reason));
            if (_deleting)
            {
                return;
            }

            _deleting = true;
        }

        Tell(_ => DeleteSome());
    }

    private Task DeleteSome()
    {
        try
        {
            for (var n = 0; n < DeletedAtOnce && TryTake(out var next); n++)
            {
                Delete(next.BackgroundJobId, next.ExpectedState, next.Reason);
            }
        }
        catch (Exception)
        {
            // Hangfire's tables may be gone. What is left behind without them is found by SyncAsync.
            lock (_gate)
            {
                _superfluous.Clear();
            }

            throw;
        }
        finally
        {
            lock (_gate)
            {
                _deleting = _superfluous.Count > 0;
                if (_deleting)
                {
                    Tell(_ => DeleteSome());
                }
            }
        }

        return Task.CompletedTask;

        bool TryTake(out (string BackgroundJobId, string ExpectedState, string Reason) next)
        {
            lock (_gate)
            {
                return _superfluous.TryDequeue(out next);
            }
        }
    }
}
