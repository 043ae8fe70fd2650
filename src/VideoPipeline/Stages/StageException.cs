namespace VideoPipeline.Stages;

/// <summary>A failure that a stage has understood. Everything else that a stage throws counts as transient too.</summary>
public abstract class StageException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>What tools and operators may want besides the message; values must serialize to JSON.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);
}

/// <summary>May work when tried again: the job is retried while attempts are left.</summary>
public sealed class TransientFailureException(string message, Exception? inner = null) : StageException(message, inner);

/// <summary>No retry can mend it: the job fails at once.</summary>
public sealed class PermanentFailureException(string message, Exception? inner = null) : StageException(message, inner);

/// <summary>Run again at a known time, without spending an attempt.</summary>
/// <param name="reason">For people: what is waited for.</param>
/// <param name="until">The job doesn't start before.</param>
public sealed class SnoozeException(string reason, DateTimeOffset until) : StageException(reason, inner: null)
{
    public DateTimeOffset Until { get; } = until;
}
