using System.Globalization;
using VideoPipeline.Jobs;

namespace VideoPipeline.GitHub;

/// <summary>
/// The run of a GitHub workflow that this service starts for one attempt of a job: the intent, committed with the job's
/// claim before GitHub is called, and what has become of it. Open until <see cref="EndedAt"/>.
/// </summary>
public sealed class WorkflowDispatch
{
    private const string TitlePrefix = "vp-";

    public long Id { get; set; }

    public long JobId { get; set; }

    public JobType JobType { get; set; }

    /// <summary>The job's <see cref="VideoProcessingJob.LeaseToken"/> of the attempt. The run has it, and shows it with what it reports.</summary>
    public Guid Token { get; set; }

    public required string Repository { get; set; }

    public required string Workflow { get; set; }

    public required string Ref { get; set; }

    /// <summary>One of the type's places for runs, from 0: no two open dispatches have the same. Null when it takes none.</summary>
    public int? Slot { get; set; }

    /// <summary>When GitHub was last asked for the run; null when it never was. Committed before the call.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>How often GitHub was asked for it.</summary>
    public int Sends { get; set; }

    /// <summary>GitHub has answered that it takes it. False after <see cref="SentAt"/>: nobody knows.</summary>
    public bool Accepted { get; set; }

    /// <summary>The run, once it is known which one it is.</summary>
    public long? RunId { get; set; }

    /// <summary>How often in a row GitHub was asked about it without news.</summary>
    public int Looks { get; set; }

    /// <summary>When something is to be done about it. A node that does it moves this on first, and so has it for itself until then.</summary>
    public DateTimeOffset NextAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How it ended, for people.</summary>
    public string? Outcome { get; set; }

    /// <summary>What the run is called, by the workflow's <c>run-name</c>: how it is recognised in lists and webhooks.</summary>
    public static string TitleOf(long jobId, Guid token) => string.Create(CultureInfo.InvariantCulture, $"{TitlePrefix}{jobId}-{token:N}");

    /// <summary>The token in a run's title; null when it isn't one of ours.</summary>
    public static Guid? TokenOf(string? title)
    {
        if (title?.StartsWith(TitlePrefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        var parts = title[TitlePrefix.Length..].Split('-');
        return parts is [var job, var token]
            && long.TryParse(job, NumberStyles.None, CultureInfo.InvariantCulture, out _) && Guid.TryParseExact(token, "N", out var parsed)
                ? parsed
                : null;
    }

    internal void End(string outcome, DateTimeOffset now)
    {
        Outcome = outcome;
        EndedAt = now;
        Slot = null;
    }
}
