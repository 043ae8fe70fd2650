using System.Text.Json.Serialization;

namespace VideoPipeline.Jobs;

/// <summary>How an attempt ended.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<AttemptOutcome>))]
public enum AttemptOutcome
{
    Completed,
    Failed,

    /// <summary>To run again at a known time; didn't count.</summary>
    Snoozed,

    /// <summary>Given back by a graceful shutdown; didn't count.</summary>
    GivenBack,

    /// <summary>The worker died and its lease ran out.</summary>
    Lost,
    Cancelled,
}

/// <summary>
/// One finished execution of a job, written in the transaction that ends it. The running one is on the job's row.
/// </summary>
public sealed class JobAttempt
{
    public long Id { get; set; }

    public long JobId { get; set; }

    /// <summary>1 for the first. An attempt that didn't count shares its number with the next.</summary>
    public int Number { get; set; }

    public string? Worker { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    public AttemptOutcome Outcome { get; set; }

    public string? ErrorMessage { get; set; }

    /// <summary>JSON, see <see cref="JobError"/>.</summary>
    public string? ErrorDetails { get; set; }
}
