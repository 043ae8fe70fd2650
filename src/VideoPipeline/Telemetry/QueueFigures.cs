using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Telemetry;

internal sealed record JobCount(JobType JobType, JobStatus Status, int Count);

/// <param name="OldestQueuedAt">Of those that wait with this priority.</param>
internal sealed record WaitingCount(JobType JobType, int Priority, int Count, DateTimeOffset OldestQueuedAt);

internal sealed record QuotaCount(string Bucket, int Used);

/// <summary>What the database says of the queue at some moment: the same on every node.</summary>
internal sealed record QueueFigures(
    IReadOnlyList<JobCount> Jobs, IReadOnlyList<WaitingCount> Waiting, IReadOnlyList<QuotaCount> Quota, int PausedChannels, int Nodes)
{
    /// <summary>Reads indexes alone, of which each has an entry a job at most.</summary>
    public static async Task<QueueFigures> ReadAsync(PipelineDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var jobs = await db.Jobs.GroupBy(j => new { j.JobType, j.Status })
            .Select(part => new JobCount(part.Key.JobType, part.Key.Status, part.Count())).ToListAsync(cancellationToken);
        var waiting = await db.Jobs.Where(JobQuery.Waiting).GroupBy(j => new { j.JobType, j.Priority })
            .Select(part => new WaitingCount(part.Key.JobType, part.Key.Priority, part.Count(), part.Min(j => j.QueuedAt))).ToListAsync(cancellationToken);
        var today = PacificDay.Of(now).DayNumber;
        var quota = await db.YouTubeQuotas.Where(q => q.Bucket == YouTubeQuota.Units || q.Bucket == YouTubeQuota.Uploads)
            .Select(q => new QuotaCount(q.Bucket, q.Day >= today ? q.Used : 0)).ToListAsync(cancellationToken);
        return new(
            jobs,
            waiting,
            quota,
            await db.SourceStates.CountAsync(s => s.PausedUntil != null && s.PausedUntil > now, cancellationToken),
            await db.Nodes.Alive(now).CountAsync(cancellationToken));
    }
}
