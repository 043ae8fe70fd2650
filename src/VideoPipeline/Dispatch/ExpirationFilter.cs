using Hangfire.States;
using Hangfire.Storage;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Bounds what finished background jobs occupy: an hour on a quiet service, less the more jobs finish, so that about
/// <see cref="Kept"/> remain. The rows keep the history.
/// </summary>
internal sealed class ExpirationFilter(TimeProvider time) : IApplyStateFilter
{
    private const int Kept = 5_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _minute;
    private int _finished;
    private int _finishedBefore;

    /// <param name="perMinute">How many background jobs finish per minute.</param>
    public static TimeSpan Retention(int perMinute)
    {
        var minutes = perMinute == 0 ? Longest.TotalMinutes : (double)Kept / perMinute;
        return TimeSpan.FromMinutes(Math.Clamp(minutes, Shortest.TotalMinutes, Longest.TotalMinutes));
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.NewState.IsFinal)
        {
            context.JobExpirationTimeout = Retention(CountFinished());
        }
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }

    /// <summary>The higher one of this minute's count and the last one's.</summary>
    private int CountFinished()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            if (minute != _minute)
            {
                _finishedBefore = minute == _minute + 1 ? _finished : 0;
                (_minute, _finished) = (minute, 0);
            }

            return Math.Max(++_finished, _finishedBefore);
        }
    }
}
