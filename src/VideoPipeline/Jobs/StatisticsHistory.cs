using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>How long a part of the history is; parts begin at whole ones in UTC.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<HistoryBucket>))]
public enum HistoryBucket
{
    Minute,
    Hour,
    Day,
}

/// <summary>Which part of the past is asked for.</summary>
/// <param name="From">Null for a day before <paramref name="To"/>.</param>
/// <param name="To">Null for now.</param>
public sealed record HistoryRequest(JobType? JobType = null, DateTimeOffset? From = null, DateTimeOffset? To = null, HistoryBucket? Bucket = null);

/// <summary>What ended in a part of the time, and how. Times are in seconds, the rate in percent.</summary>
/// <param name="Completed">Jobs that were completed then.</param>
/// <param name="Failed">Jobs that failed for good then, and haven't been retried since.</param>
/// <param name="SuccessRate">Completed of both; null when there are none.</param>
/// <param name="Throughput">Completed jobs an hour.</param>
/// <param name="P50ProcessingTime">Of the completed ones, as all that follow; null when there are none.</param>
public sealed record HistoryItem(
    DateTimeOffset Start,
    int Completed,
    int Failed,
    double? SuccessRate,
    double Throughput,
    double? P50ProcessingTime,
    double? P95ProcessingTime,
    double? P50WaitTime,
    double? P95WaitTime);

/// <summary>How the queue has done over time: of every bucket what ended in it, empty ones too, oldest first.</summary>
/// <param name="From">When the first bucket begins.</param>
/// <param name="To">When the last one ends.</param>
/// <param name="CompleteSince">
/// From when on the figures are complete: <paramref name="From"/>, or later when more jobs ended than are looked at.
/// </param>
public sealed record StatisticsHistory(
    DateTimeOffset From, DateTimeOffset To, HistoryBucket Bucket, DateTimeOffset CompleteSince, IReadOnlyList<HistoryItem> Items)
{
    public const int MaxBuckets = 2000;

    /// <summary>Of each outcome; the latest ones.</summary>
    private const int MostRows = 200_000;

    private static readonly TimeSpan Default = TimeSpan.FromDays(1);

    /// <exception cref="InvalidRequestException">The range is empty, or has too many buckets.</exception>
    public static async Task<StatisticsHistory> ReadAsync(
        PipelineDbContext db, HistoryRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (from, to, bucket) = RangeOf(request, now);
        var completed = await EndedAsync(db, request.JobType, JobStatus.Completed, from, to, MostRows, cancellationToken);
        var failed = await EndedAsync(db, request.JobType, JobStatus.Failed, from, to, MostRows, cancellationToken);
        return Of(from, to, bucket, completed, failed, MostRows, now);
    }

    /// <summary>Whole buckets that have all of what is asked for in them.</summary>
    internal static (DateTimeOffset From, DateTimeOffset To, HistoryBucket Bucket) RangeOf(HistoryRequest request, DateTimeOffset now)
    {
        var bucket = request.Bucket ?? HistoryBucket.Hour;
        var length = LengthOf(bucket);
        var to = (request.To ?? now).ToUniversalTime();
        var errors = new RequestErrors();
        errors.AddIf(to - DateTimeOffset.UnixEpoch < Default || to > now + (length * MaxBuckets), "to", "must be a time of the past, or near it");
        errors.ThrowIfAny();
        var from = (request.From ?? to - Default).ToUniversalTime();
        errors.AddIf(from >= to, "from", "must be before to");
        errors.AddIf((to - from) / length > MaxBuckets, "from", $"must be at most {MaxBuckets} {LowerCaseEnum<HistoryBucket>.Name(bucket)}s before to");
        errors.ThrowIfAny();
        return (StartOf(from, length), StartOf(to.AddTicks(-1), length) + length, bucket);
    }

    /// <param name="completed">The latest first.</param>
    /// <param name="failed">The latest first.</param>
    /// <param name="most">So many of each were looked for at most.</param>
    internal static StatisticsHistory Of(
        DateTimeOffset from,
        DateTimeOffset to,
        HistoryBucket bucket,
        IReadOnlyList<EndedJob> completed,
        IReadOnlyList<EndedJob> failed,
        int most,
        DateTimeOffset now)
    {
        var length = LengthOf(bucket);
        var completedAt = completed.ToLookup(job => StartOf(job.CompletedAt, length));
        var failedAt = failed.CountBy(job => StartOf(job.CompletedAt, length)).ToDictionary();
        var items = new List<HistoryItem>();
        for (var start = from; start < to; start += length)
        {
            var done = completedAt[start].ToList();
            var failures = failedAt.GetValueOrDefault(start);
            var passed = now > start && now < start + length ? now - start : length;
            var durations = done.Select(job => job.DurationSeconds ?? 0).Order().ToList();
            var waits = done.Select(job => job.WaitSeconds ?? 0).Order().ToList();
            items.Add(new HistoryItem(
                start,
                done.Count,
                failures,
                done.Count + failures == 0 ? null : 100.0 * done.Count / (done.Count + failures),
                done.Count / passed.TotalHours,
                Percentile(durations, 0.50),
                Percentile(durations, 0.95),
                Percentile(waits, 0.50),
                Percentile(waits, 0.95)));
        }

        // The bucket in which the limit was reached is not complete; the next one is.
        var since = new[] { completed, failed }.Where(jobs => jobs.Count >= most).Select(jobs => StartOf(jobs[^1].CompletedAt, length) + length)
            .Append(from).Max();
        return new(from, to, bucket, since, items);
    }

    private static Task<List<EndedJob>> EndedAsync(
        PipelineDbContext db, JobType? jobType, JobStatus status, DateTimeOffset from, DateTimeOffset to, int most, CancellationToken cancellationToken)
    {
        var ended = db.Jobs.Where(j => j.Status == status && j.CompletedAt >= from && j.CompletedAt < to);
        ended = jobType is null ? ended : ended.Where(j => j.JobType == jobType);
        return ended.OrderByDescending(j => j.CompletedAt).Take(most)
            .Select(j => new EndedJob(j.CompletedAt!.Value, j.DurationSeconds, j.WaitSeconds)).ToListAsync(cancellationToken);
    }

    /// <summary>Nearest rank, as in <see cref="JobStatistics"/>.</summary>
    private static double? Percentile(List<double> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static TimeSpan LengthOf(HistoryBucket bucket) => bucket switch
    {
        HistoryBucket.Minute => TimeSpan.FromMinutes(1),
        HistoryBucket.Hour => TimeSpan.FromHours(1),
        HistoryBucket.Day => TimeSpan.FromDays(1),
        _ => throw new ArgumentOutOfRangeException(nameof(bucket), bucket, "No such bucket."),
    };

    private static DateTimeOffset StartOf(DateTimeOffset time, TimeSpan length) => new(time.UtcTicks - (time.UtcTicks % length.Ticks), TimeSpan.Zero);
}

/// <summary>What the history wants to know of a job that has ended.</summary>
internal readonly record struct EndedJob(DateTimeOffset CompletedAt, double? DurationSeconds, double? WaitSeconds);
