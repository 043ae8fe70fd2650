using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Jobs;

/// <summary>Settings <c>VideoPipeline:Retention</c>: how long the rows of finished jobs, and others, are kept; 0 for ever.</summary>
public sealed class RetentionOptions
{
    private const string Least = "00:00:00";
    private const string Most = "36500.00:00:00";

    [Range(typeof(TimeSpan), Least, Most)]
    public TimeSpan Completed { get; set; } = TimeSpan.FromDays(30);

    [Range(typeof(TimeSpan), Least, Most)]
    public TimeSpan Cancelled { get; set; } = TimeSpan.FromDays(30);

    [Range(typeof(TimeSpan), Least, Most)]
    public TimeSpan Failed { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Not of jobs: how long the entries of the audit log are kept.</summary>
    [Range(typeof(TimeSpan), Least, Most)]
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long jobs that ended so are kept; null for ever.</summary>
    public TimeSpan? Of(JobStatus ended)
    {
        var kept = ended switch
        {
            JobStatus.Completed => Completed,
            JobStatus.Cancelled => Cancelled,
            JobStatus.Failed => Failed,
            _ => throw new ArgumentOutOfRangeException(nameof(ended), ended, "A job with this status has not ended."),
        };
        return kept == TimeSpan.Zero ? null : kept;
    }
}
