using System.Text.Json.Serialization;

namespace VideoPipeline.Jobs;

/// <summary>Where a job is in its life; see <see cref="Transition"/> for the ways between them.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker holds it with a lease (or a GitHub workflow runs it).</summary>
    Processing,

    /// <summary>Done.</summary>
    Completed,

    /// <summary>Its attempts are used up, or no retry can mend its error.</summary>
    Failed,

    /// <summary>Waits until its time comes (<see cref="VideoProcessingJob.QueuedAt"/>), then it is queued.</summary>
    Retrying,

    /// <summary>An operator stopped it.</summary>
    Cancelled,
}

public static class JobStatuses
{
    /// <summary>The name in the API and the database: <c>queued</c>, <c>processing</c>, ...</summary>
    public static string Name(this JobStatus status) => LowerCaseEnum<JobStatus>.Name(status);

    /// <summary>True while the job will go on without an operator: at most one such job exists per video and job type.</summary>
    public static bool IsActive(this JobStatus status) =>
        status is JobStatus.Queued or JobStatus.Processing or JobStatus.Retrying;
}
