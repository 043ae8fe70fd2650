namespace VideoPipeline.Jobs;

/// <summary>
/// One stage of one video (or one scrape of a channel): the durable row that everything else mirrors.
/// <see cref="JobRows"/> (workers) and <see cref="QueueService"/> (operators) write it, by <see cref="Transition"/>.
/// </summary>
public sealed class VideoProcessingJob
{
    public const int MinPriority = 0;
    public const int MaxPriority = 10;
    public const int DefaultPriority = 5;
    public const int MaxMaxAttempts = 100;

    /// <summary>Ascending in the order of creation: among equal priorities and queueing times the lower one goes first.</summary>
    public long Id { get; set; }

    /// <summary>Null for a scrape.</summary>
    public long? VideoId { get; set; }

    public long ChannelId { get; set; }

    public JobType JobType { get; set; }

    public JobStatus Status { get; set; }

    /// <summary>0 to 10, higher first.</summary>
    public int Priority { get; set; } = DefaultPriority;

    /// <summary>How often it has been started since it was created or retried by hand. Snoozes and shutdowns don't count.</summary>
    public int Attempts { get; set; }

    /// <summary>How many of <see cref="Attempts"/> ended because their worker died: they have a limit of their own.</summary>
    public int LostAttempts { get; set; }

    /// <summary>How many attempts may fail before the job is failed for good.</summary>
    public int MaxAttempts { get; set; }

    public string? ErrorMessage { get; set; }

    /// <summary>JSON, see <see cref="JobError"/>.</summary>
    public string? ErrorDetails { get; set; }

    /// <summary>Since when it waits; for a <see cref="JobStatus.Retrying"/> job, the time before which it doesn't start.</summary>
    public DateTimeOffset QueuedAt { get; set; }

    /// <summary>When the latest attempt started.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it reached completed, failed or cancelled.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>Of the latest finished attempt.</summary>
    public double? DurationSeconds { get; set; }

    /// <summary>Between <see cref="QueuedAt"/> and the start of the latest attempt.</summary>
    public double? WaitSeconds { get; set; }

    /// <summary>Why a retrying job waits when it isn't for the backoff: quota, disk, the source asked to.</summary>
    public string? WaitReason { get; set; }

    /// <summary>Percent, 0 to 100.</summary>
    public double? Progress { get; set; }

    /// <summary>How many seconds of media are done per second.</summary>
    public double? ProgressSpeed { get; set; }

    public double? EtaSeconds { get; set; }

    /// <summary>When set, this workflow run executes the job and local workers leave it alone.</summary>
    public long? GithubWorkflowRunId { get; set; }

    /// <summary>The latest attempt of the workflow run that was heard of; earlier ones have no say any more.</summary>
    public int? GithubRunAttempt { get; set; }

    /// <summary>
    /// This service has started the run (or is about to), for this attempt of the job alone: the next attempt is another run.
    /// Else somebody else has, and runs it again when it fails.
    /// </summary>
    public bool GithubDispatched { get; set; }

    /// <summary>When something was last heard of the workflow that runs the job; null when none does.</summary>
    public DateTimeOffset? WorkflowHeardAt { get; set; }

    /// <summary>The background job of the latest attempt.</summary>
    public string? HangfireJobId { get; set; }

    /// <summary>
    /// The background job that waits in Hangfire in this job's stead; null when it has none yet, or doesn't wait. Kept only
    /// where nodes share Hangfire's storage.
    /// </summary>
    public string? MirroredAs { get; set; }

    /// <summary>Who runs it or ran it last: <c>host:process/worker</c>.</summary>
    public string? Worker { get; set; }

    /// <summary>The fencing token of the present holder: every write of the holder must match it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>When others may take the job from its holder.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; set; }

    /// <summary>JSON given by whoever enqueued it.</summary>
    public string? Parameters { get; set; }

    /// <summary>JSON that the stage returned.</summary>
    public string? Result { get; set; }

    /// <summary>The client's <c>Idempotency-Key</c>: the same key answers with the same job.</summary>
    public string? IdempotencyKey { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal VideoProcessingJob Copy() => (VideoProcessingJob)MemberwiseClone();
}
