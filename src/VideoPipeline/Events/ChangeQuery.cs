using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Events;

/// <summary>What the feed reads.</summary>
internal static class ChangeQuery
{
    private const int RowsAtOnce = 200;

    /// <summary>The versions of the rows that were changed since, the latest first; from the index alone.</summary>
    public static Task<List<RowVersion>> VersionsAsync(PipelineDbContext db, DateTimeOffset since, int most, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => j.UpdatedAt >= since).OrderByDescending(j => j.UpdatedAt).ThenByDescending(j => j.Id).Take(most)
            .Select(j => new RowVersion(j.Id, j.UpdatedAt)).ToListAsync(cancellationToken);

    /// <summary>The jobs that a listener wants to hear of and that were changed since, the latest first.</summary>
    public static Task<List<long>> ChangedAsync(
        PipelineDbContext db, DateTimeOffset since, ChangeFilter filter, int most, CancellationToken cancellationToken)
    {
        var (jobType, videoId, channelId) = filter;
        var jobs = db.Jobs.Where(j => j.UpdatedAt >= since);
        jobs = jobType is null ? jobs : jobs.Where(j => j.JobType == jobType);
        jobs = videoId is null ? jobs : jobs.Where(j => j.VideoId == videoId);
        jobs = channelId is null ? jobs : jobs.Where(j => j.ChannelId == channelId);
        return jobs.OrderByDescending(j => j.UpdatedAt).ThenByDescending(j => j.Id).Take(most).Select(j => j.Id).ToListAsync(cancellationToken);
    }

    /// <summary>These jobs with their videos' titles, in the order in which they changed; without those that are gone.</summary>
    public static async Task<IReadOnlyList<JobChanged>> JobsAsync(
        PipelineDbContext db, IReadOnlyList<long> ids, FeedCursor cursor, CancellationToken cancellationToken)
    {
        var changes = new List<JobChanged>(ids.Count);
        foreach (var some in ids.Chunk(RowsAtOnce))
        {
            var rows = await db.Jobs.AsNoTracking().Where(j => some.Contains(j.Id))
                .LeftJoin(db.Videos, j => j.VideoId, v => (long?)v.Id, (j, v) => new { Job = j, Title = v == null ? null : v.Title })
                .ToListAsync(cancellationToken);
            changes.AddRange(rows.Select(row => new JobChanged(cursor, row.Job, row.Title)));
        }

        changes.Sort((one, other) => (one.Job.UpdatedAt, one.Job.Id).CompareTo((other.Job.UpdatedAt, other.Job.Id)));
        return changes;
    }
}
