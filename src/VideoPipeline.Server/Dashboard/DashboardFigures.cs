using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Dashboard;

/// <summary>
/// The queue in a few numbers, for the dashboard's start page. Every open dashboard asks for each of them every two seconds:
/// the rows are counted once in <see cref="Lifetime"/> at most, however many look, and not at all when nobody does.
/// </summary>
internal sealed class DashboardFigures(IDbContextFactory<PipelineDbContext> contexts, PauseState pauses, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    /// <summary>The days that are over tell little of how it goes now.</summary>
    private static readonly TimeSpan RecentTime = TimeSpan.FromDays(1);

    private static readonly JobStatus[] Counted = [JobStatus.Queued, JobStatus.Processing, JobStatus.Retrying, JobStatus.Failed];

    private readonly Lock _gate = new();
    private Figures? _figures;
    private long _countedAt;

    /// <summary>Job types that are paused now.</summary>
    public IReadOnlyList<JobType> Paused => [.. JobTypes.All.Where(pauses.IsPaused)];

    /// <summary>Hangfire asks synchronously, so this reads synchronously; under a lock, so that one does for all.</summary>
    public Figures Read()
    {
        lock (_gate)
        {
            if (_figures is null || time.GetElapsedTime(_countedAt) > Lifetime)
            {
                _figures = Count();
                _countedAt = time.GetTimestamp();
            }

            return _figures;
        }
    }

    private Figures Count()
    {
        var now = time.GetUtcNow();
        var since = now - RecentTime;
        using var db = contexts.CreateDbContext();

        // Each a range of an index that holds all it needs.
        var counts = db.Jobs.Where(j => Counted.Contains(j.Status)).GroupBy(j => j.Status)
            .Select(group => new { Status = group.Key, Count = group.Count() }).ToDictionary(group => group.Status, group => group.Count);
        var oldest = db.Jobs.Where(JobQuery.Waiting).Min(j => (DateTimeOffset?)j.QueuedAt);
        var completed = db.Jobs.Count(j => j.Status == JobStatus.Completed && j.CompletedAt >= since);
        var failed = db.Jobs.Count(j => j.Status == JobStatus.Failed && j.CompletedAt >= since);
        return new Figures(
            counts.GetValueOrDefault(JobStatus.Queued),
            counts.GetValueOrDefault(JobStatus.Processing),
            counts.GetValueOrDefault(JobStatus.Retrying),
            counts.GetValueOrDefault(JobStatus.Failed),
            oldest is { } queuedAt && queuedAt < now ? now - queuedAt : null,
            completed + failed == 0 ? null : 100.0 * completed / (completed + failed));
    }
}

/// <param name="OldestWaiting">For how long the job that has waited longest has; null when none waits.</param>
/// <param name="SuccessRate">Of the last 24 hours, in percent; null when nothing has ended.</param>
internal sealed record Figures(int Queued, int Processing, int Retrying, int Failed, TimeSpan? OldestWaiting, double? SuccessRate);
