using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Watch;

/// <summary>
/// The board in a file or a log, where nothing can be drawn over: a line whenever a job starts, has done another quarter, or
/// has ended.
/// </summary>
internal sealed class WatchLines(WatchBoard board)
{
    private readonly Dictionary<long, (string Status, int Attempts, int Quarter)> _told = [];
    private string? _toldPauses;

    /// <returns>Null when nothing is paused, or nothing else than before.</returns>
    public string? OfPauses() => _toldPauses == board.Paused ? null : (_toldPauses = board.Paused) is { } paused ? SafeText.Printable(paused) : "Nothing is paused any more.";

    /// <returns>Null when it isn't worth a line.</returns>
    public string? Of(JobAnswer job)
    {
        // Only some quarters are worth it, and they differ only while it runs.
        var quarter = job.Status == "processing" ? (int)(Math.Clamp(job.Progress, 0, 99) / 25) * 25 : 0;
        var now = (job.Status, job.Attempts, quarter);
        if (_told.TryGetValue(job.Id, out var told) && told == now)
        {
            return null;
        }

        _told[job.Id] = now;
        var line = WatchScreen.Line(board, job);
        switch (job.Status)
        {
            case "processing":
                return quarter > 0 ? $"{line}  {quarter}%" : line;
            case "completed":
                _told.Remove(job.Id);
                return job.JobType == "publish" ? $"{line}  published" : null;
            case "failed" or "cancelled":
                return $"{line}  {job.Status.ToUpperInvariant()}: {SafeText.Printable(job.ErrorMessage ?? "no reason given")}";
            case "retrying":
                return $"{line}  to be tried again: {SafeText.Printable(job.WaitReason ?? job.ErrorMessage ?? "no reason given")}";
            default:
                return null;
        }
    }
}
