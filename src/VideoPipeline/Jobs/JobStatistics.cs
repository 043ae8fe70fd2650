using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>How the queue has done. Times are in seconds, the rate in percent.</summary>
public sealed record JobStatistics
{
    public required int TotalJobs { get; init; }

    public required int Queued { get; init; }

    public required int Processing { get; init; }

    public required int Completed { get; init; }

    public required int Failed { get; init; }

    public required int Retrying { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>Completed of all that completed or failed; 0 while none has.</summary>
    public required double SuccessRate { get; init; }

    /// <summary>Of completed jobs: how long the attempt took that completed them.</summary>
    public required double AverageProcessingTime { get; init; }

    /// <summary>Of completed jobs: how long they waited before that attempt.</summary>
    public required double AverageWaitTime { get; init; }

    public required double P50ProcessingTime { get; init; }

    public required double P95ProcessingTime { get; init; }

    public required double P50WaitTime { get; init; }

    public required double P95WaitTime { get; init; }

    /// <summary>Jobs that wait to be taken now.</summary>
    public required int QueueLength { get; init; }

    /// <summary>The same for each job type that has jobs; null in the parts themselves.</summary>
    public IReadOnlyDictionary<string, JobStatistics>? ByType { get; init; }

    internal static async Task<JobStatistics> ReadAsync(PipelineDbContext db, JobType? jobType, CancellationToken cancellationToken)
    {
        var jobs = jobType is { } type ? db.Jobs.Where(j => j.JobType == type) : db.Jobs;

        // One pass over one index; every figure but the percentiles follows from these few rows.
        var groups = await jobs.GroupBy(j => new { j.JobType, j.Status }).Select(group => new Group(
            group.Key.JobType, group.Key.Status, group.Count(),
            group.Count(j => j.DurationSeconds != null), group.Sum(j => j.DurationSeconds ?? 0),
            group.Count(j => j.WaitSeconds != null), group.Sum(j => j.WaitSeconds ?? 0)))
            .ToListAsync(cancellationToken);

        var byType = new Dictionary<string, JobStatistics>(StringComparer.Ordinal);
        if (jobType is null)
        {
            foreach (var part in groups.GroupBy(group => group.JobType).OrderBy(part => part.Key))
            {
                byType[part.Key.Name()] = await OfAsync([.. part], db.Jobs.Where(j => j.JobType == part.Key), byType: null, cancellationToken);
            }
        }

        return await OfAsync(groups, jobs, jobType is null ? byType : null, cancellationToken);
    }

    private static async Task<JobStatistics> OfAsync(
        List<Group> groups, IQueryable<VideoProcessingJob> jobs, Dictionary<string, JobStatistics>? byType, CancellationToken cancellationToken)
    {
        var completed = Count(JobStatus.Completed);
        var ended = completed + Count(JobStatus.Failed);
        var done = jobs.Where(j => j.Status == JobStatus.Completed);

        // The bare columns: of a type's durations the index is in order already.
        var durations = done.Where(j => j.DurationSeconds != null).Select(j => j.DurationSeconds!.Value);
        var waits = done.Where(j => j.WaitSeconds != null).Select(j => j.WaitSeconds!.Value);
        var (durationCount, waitCount) = (OfCompleted(group => group.Durations), OfCompleted(group => group.Waits));
        return new JobStatistics
        {
            TotalJobs = groups.Sum(group => group.Count),
            Queued = Count(JobStatus.Queued),
            Processing = Count(JobStatus.Processing),
            Completed = completed,
            Failed = Count(JobStatus.Failed),
            Retrying = Count(JobStatus.Retrying),
            Cancelled = Count(JobStatus.Cancelled),
            SuccessRate = ended == 0 ? 0 : 100.0 * completed / ended,
            AverageProcessingTime = Average(group => group.DurationSum),
            AverageWaitTime = Average(group => group.WaitSum),
            P50ProcessingTime = await PercentileAsync(durations, 0.50, durationCount, cancellationToken),
            P95ProcessingTime = await PercentileAsync(durations, 0.95, durationCount, cancellationToken),
            P50WaitTime = await PercentileAsync(waits, 0.50, waitCount, cancellationToken),
            P95WaitTime = await PercentileAsync(waits, 0.95, waitCount, cancellationToken),
            QueueLength = Count(JobStatus.Queued),
            ByType = byType,
        };

        int Count(JobStatus status) => groups.Where(group => group.Status == status).Sum(group => group.Count);

        int OfCompleted(Func<Group, int> count) => groups.Where(group => group.Status == JobStatus.Completed).Sum(count);

        double Average(Func<Group, double> sum) =>
            completed == 0 ? 0 : groups.Where(group => group.Status == JobStatus.Completed).Sum(sum) / completed;
    }

    /// <summary>Nearest rank: the smallest value that at least this share of all values doesn't exceed.</summary>
    private static async Task<double> PercentileAsync(IQueryable<double> values, double share, int count, CancellationToken cancellationToken) =>
        count == 0 ? 0 : await values.Order().Skip(Math.Max(0, (int)Math.Ceiling(share * count) - 1)).FirstOrDefaultAsync(cancellationToken);

    /// <param name="Durations">How many have one.</param>
    /// <param name="Waits">How many have one.</param>
    private sealed record Group(JobType JobType, JobStatus Status, int Count, int Durations, double DurationSum, int Waits, double WaitSum);
}
