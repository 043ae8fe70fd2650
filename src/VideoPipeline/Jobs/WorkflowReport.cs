using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;

namespace VideoPipeline.Jobs;

/// <summary>What is said of a job by the GitHub workflow that runs it: by the workflow itself, or by GitHub of its run.</summary>
public sealed record WorkflowReport
{
    /// <summary>processing, completed or failed.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>Which run says so. Must be the job's when given.</summary>
    public long? RunId { get; init; }

    /// <summary>Which attempt of the run (GitHub counts from 1): one that has ended, or was followed by another, has no say any more.</summary>
    public int? RunAttempt { get; init; }

    /// <summary>What the service gave to the run that it started for this attempt of the job.</summary>
    public Guid? Token { get; init; }

    /// <summary>Percent, with <see cref="JobStatus.Processing"/>.</summary>
    public double? Progress { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>JSON, any object.</summary>
    public string? ErrorDetails { get; init; }

    /// <summary>No retry can mend the error.</summary>
    public bool Permanent { get; init; }

    /// <summary>JSON, with <see cref="JobStatus.Completed"/>.</summary>
    public string? Result { get; init; }

    /// <summary>Files that the workflow has put into the store, with <see cref="JobStatus.Completed"/>: what the next stage works with.</summary>
    public IReadOnlyList<ReportedArtifact> Artifacts { get; init; } = [];

    /// <summary>
    /// Why the job doesn't take this report; null when it does. A run that was given up (its attempt has failed, its job was
    /// cancelled or runs elsewhere now) may report as much as it likes.
    /// </summary>
    public string? RefusedBy(VideoProcessingJob job)
    {
        if (job.GithubWorkflowRunId is null && !job.GithubDispatched)
        {
            return Token is null && RunId is null
                ? $"Job {job.Id} is not run by a GitHub workflow: its own worker reports its status."
                : $"Job {job.Id} is not run by this GitHub workflow run, or no longer.";
        }

        if (Token is not null && (!job.GithubDispatched || Token != job.LeaseToken))
        {
            return $"Job {job.Id} is no longer run with this token: that attempt has ended.";
        }

        if (RunId is not null && job.GithubWorkflowRunId is { } own && RunId != own)
        {
            return $"Job {job.Id} is run by GitHub workflow run {own}, not by {RunId}.";
        }

        if (job.GithubDispatched && Token is null && (RunId is null || job.GithubWorkflowRunId is null))
        {
            return $"Job {job.Id} is run by a workflow that this service has started, whose reports must have its token.";
        }

        if (RunAttempt < job.GithubRunAttempt || (RunAttempt == job.GithubRunAttempt && RunAttempt is not null && job.Status != JobStatus.Processing))
        {
            return $"Job {job.Id} is {job.Status.Name()}: attempt {RunAttempt} of its workflow run has ended.";
        }

        return job.Status switch
        {
            JobStatus.Queued or JobStatus.Processing => null,

            // Somebody has run the workflow again and didn't wait for the delay: as good as a retry by hand.
            JobStatus.Retrying when RunAttempt > job.GithubRunAttempt => null,
            _ => new ImpossibleTransitionException(job.Id, job.Status, Status).Message,
        };
    }

    /// <summary>The same success told again, since its sender didn't hear the answer.</summary>
    public bool IsRepeatedBy(VideoProcessingJob job) =>
        Status == JobStatus.Completed && job.Status == JobStatus.Completed
        && RunId is not null && RunId == job.GithubWorkflowRunId && (RunAttempt is null || RunAttempt == job.GithubRunAttempt);
}

/// <param name="Key">Under which it was stored; see <see cref="ArtifactKey"/>.</param>
public sealed record ReportedArtifact(ArtifactKind Kind, string Key, FileDigest Digest)
{
    /// <summary>What is wrong with its key; null when nothing is. A workflow can't name another video's files.</summary>
    public string? KeyProblem(VideoProcessingJob job)
    {
        var start = $"{job.ChannelId}/{job.VideoId}/{LowerCaseEnum<ArtifactKind>.Name(Kind)}.";
        return job.VideoId is null ? "are for jobs of a video only"
            : Key.StartsWith(start, StringComparison.Ordinal) && ArtifactKey.IsValid(Key) && ArtifactKey.IsOfVideo(Key) ? null
            : $"must have a key that begins with {start}, followed by its file's extension";
    }
}
