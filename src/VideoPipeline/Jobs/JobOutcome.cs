namespace VideoPipeline.Jobs;

/// <summary>What became of the attempt to run a job, for whoever started it.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    public sealed record Completed : JobOutcome;

    /// <summary>Runs again at <paramref name="At"/>: after a failure, or because the stage asked to.</summary>
    public sealed record Retrying(DateTimeOffset At, string Reason) : JobOutcome;

    public sealed record Failed(string Message) : JobOutcome;

    /// <summary>Is queued again at its old place: the process shuts down, or in this very moment the queue was paused or a job came that goes first.</summary>
    public sealed record GivenBack(string Reason) : JobOutcome;

    /// <summary>The job was taken from this worker while it ran: by an operator's cancel, or by a rescue. Nothing was written.</summary>
    public sealed record Taken : JobOutcome;

    /// <summary>The job didn't wait for this worker: another one has it, it has ended, or it isn't its turn. Nothing was written.</summary>
    public sealed record NotWaiting(JobStatus? Status, string? HeldBy) : JobOutcome;
}
