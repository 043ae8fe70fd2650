using Microsoft.EntityFrameworkCore;

namespace VideoPipeline.Jobs;

public sealed partial class QueueService
{
    public async Task<VideoProcessingJob?> GetJobAsync(long jobId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == jobId, cancellationToken);
    }

    /// <summary>The finished attempts of a job, in their order.</summary>
    public async Task<IReadOnlyList<JobAttempt>> GetAttemptsAsync(long jobId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Attempts.AsNoTracking().Where(attempt => attempt.JobId == jobId).OrderBy(attempt => attempt.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The finished attempts of several jobs: in one query, each job's in their order.</summary>
    public async Task<IReadOnlyList<JobAttempt>> GetAttemptsAsync(IReadOnlyCollection<long> jobIds, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Attempts.AsNoTracking().Where(attempt => jobIds.Contains(attempt.JobId)).OrderBy(attempt => attempt.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Jobs that match, newest first.</summary>
    /// <param name="beforeId">Only jobs older than this one: the last of the page before.</param>
    public async Task<IReadOnlyList<VideoProcessingJob>> GetJobsAsync(
        JobFilter filter, int limit = 100, long? beforeId = null, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);

        // Who asks so looks for what has gone wrong: a job may have been completed by its last attempt, too.
        var wanted = filter is { MaxAttemptsReached: not null, Status: null } ? filter with { Status = JobStatus.Failed } : filter;
        var jobs = wanted.Apply(db.Jobs.AsNoTracking());
        if (beforeId is { } id)
        {
            jobs = jobs.Where(j => j.Id < id);
        }

        return await jobs.OrderByDescending(j => j.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The jobs that wait for a worker, in the order in which workers take them.</summary>
    public async Task<IReadOnlyList<VideoProcessingJob>> GetPendingJobsAsync(
        JobType? jobType = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        // The head of each type's index, merged: no sort of all that waits.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var heads = new List<VideoProcessingJob>();
        foreach (var type in JobTypes.All.Where(type => jobType is null || type == jobType))
        {
            heads.AddRange(await db.Jobs.AsNoTracking().Where(j => j.Status == JobStatus.Queued && j.JobType == type)
                .InOrder().Take(limit).ToListAsync(cancellationToken));
        }

        return [.. heads.OrderBy(WaitingJob.Of).Take(limit)];
    }

    /// <summary>The jobs that run now, those that began first in front.</summary>
    public async Task<IReadOnlyList<VideoProcessingJob>> GetProcessingJobsAsync(int limit = 100, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.AsNoTracking().Where(j => j.Status == JobStatus.Processing).OrderBy(j => j.StartedAt).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The failed jobs, the latest first.</summary>
    /// <param name="maxAttemptsReached">Only those whose attempts are used up (true), or that failed before (false).</param>
    public async Task<IReadOnlyList<VideoProcessingJob>> GetFailedJobsAsync(
        bool? maxAttemptsReached = null, int limit = 100, CancellationToken cancellationToken = default) =>
        await GetJobsAsync(new JobFilter { Status = JobStatus.Failed, MaxAttemptsReached = maxAttemptsReached }, limit, beforeId: null, cancellationToken);

    /// <summary>Counts, rates and times, computed by the database.</summary>
    /// <param name="jobType">Of this type only.</param>
    public async Task<JobStatistics> GetStatisticsAsync(JobType? jobType = null, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await JobStatistics.ReadAsync(db, jobType, cancellationToken);
    }

    /// <summary>Why a job doesn't run, and when it might.</summary>
    /// <exception cref="UnknownIdException"/>
    public async Task<JobExplanation> ExplainAsync(long jobId, CancellationToken cancellationToken = default)
    {
        var job = await GetJobAsync(jobId, cancellationToken) ?? throw new UnknownIdException("id", "job", jobId);
        var now = time.GetUtcNow();
        if (job.Status is not (JobStatus.Queued or JobStatus.Retrying) || job.GithubWorkflowRunId is not null)
        {
            return JobExplanation.Of(job, JobSurroundings.None, now);
        }

        await pauses.RefreshAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var around = await JobSurroundings.ReadAsync(db, job, pauses.InForce, github.Value.DispatchOf(job.JobType), now, cancellationToken);
        return JobExplanation.Of(job, around, now);
    }
}
