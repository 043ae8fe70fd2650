using VideoPipeline.Access;

namespace VideoPipeline.Jobs;

public sealed partial class QueueService
{
    /// <inheritdoc cref="UpdateJobFromWorkflowAsync(long, WorkflowReport, CancellationToken)"/>
    public Task<VideoProcessingJob> UpdateJobFromWorkflowAsync(
        long jobId, JobStatus status, string? errorMessage, CancellationToken cancellationToken = default) =>
        UpdateJobFromWorkflowAsync(jobId, new WorkflowReport { Status = status, ErrorMessage = errorMessage }, cancellationToken);

    /// <summary>What the GitHub workflow that runs this job says of it.</summary>
    /// <exception cref="InvalidRequestException"/>
    /// <exception cref="UnknownIdException"/>
    /// <exception cref="ConflictException">
    /// The job is no workflow's or another run's, or its status doesn't allow it; nothing was changed.
    /// </exception>
    public async Task<VideoProcessingJob> UpdateJobFromWorkflowAsync(long jobId, WorkflowReport report, CancellationToken cancellationToken = default)
    {
        if (report.Status is not (JobStatus.Processing or JobStatus.Completed or JobStatus.Failed))
        {
            throw new InvalidRequestException("status", "must be one of processing, completed, failed");
        }

        if (report.Artifacts.Count > 0)
        {
            var reported = await GetJobAsync(jobId, cancellationToken) ?? throw new UnknownIdException("id", "job", jobId);
            if (!report.IsRepeatedBy(reported) && report.RefusedBy(reported) is { } refused)
            {
                throw new ConflictException(refused);
            }

            await reports.CheckFilesAsync(reported, report, cancellationToken);
        }

        WorkflowEffect? effect = null;
        var job = await OperateAsync(
            jobId,
            AuditAction.ReportJob,
            async (db, job) =>
            {
                effect = null;
                if (report.IsRepeatedBy(job))
                {
                    return;
                }

                if (report.RefusedBy(job) is { } refused)
                {
                    throw new ConflictException(refused);
                }

                effect = await reports.ApplyAsync(db, job, report);
            },
            cancellationToken);
        if (effect is not null)
        {
            // Of the attempt's end OperateAsync has told.
            reports.Raise(effect with { Attempt = null });
        }

        return job;
    }
}
