using Microsoft.Extensions.Logging;
using VideoPipeline.Stages;

namespace VideoPipeline.Jobs;

/// <summary>
/// Passes a running stage's progress on to its row, at most once a second. Of what comes faster the latest is kept and
/// written when the second is over: a stage that falls silent (a server that sends no more) shows how far it really is.
/// </summary>
internal sealed class ProgressReports(JobRows rows, VideoProcessingJob claimed, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private StageProgress? _latest;
    private bool _writing;

    public void Report(StageProgress progress)
    {
        lock (_gate)
        {
            _latest = progress;
            if (_writing || _ended.IsCancellationRequested)
            {
                return;
            }

            _writing = true;
        }

        _ = WriteAsync(_ended.Token);
    }

    /// <summary>What isn't written yet never will be: the row's end says more.</summary>
    public void Dispose()
    {
        // Not disposed: a report that comes late looks at it, and it holds nothing.
        _ended.Cancel();
    }

    private async Task WriteAsync(CancellationToken ended)
    {
        while (Take() is { } progress)
        {
            try
            {
                await rows.ReportProgressAsync(claimed.Id, claimed.LeaseToken!.Value, progress, ended);
            }
            catch (Exception exception)
            {
                logger.LogDebug(exception, "Progress of job {JobId} could not be written", claimed.Id);
            }

            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null when there is nothing to write; the next report begins anew then.</summary>
    private StageProgress? Take()
    {
        lock (_gate)
        {
            var latest = _ended.IsCancellationRequested ? null : _latest;
            _latest = null;
            _writing = latest is not null;
            return latest;
        }
    }
}
