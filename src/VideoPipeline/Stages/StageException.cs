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

/// <summary>
/// The source asks to wait, or has blocked this machine. The job is snoozed, and with it the whole channel: whatever else
/// would ask this source waits, too. See <see cref="Catalog.SourcePauses"/>.
/// </summary>
/// <param name="reason">For people: what the source said.</param>
/// <param name="until">Not to be asked before; null when the source didn't say.</param>
public sealed class SourceRefusedException(string reason, DateTimeOffset? until = null, Exception? inner = null) : StageException(reason, inner)
{
    public DateTimeOffset? Until { get; } = until;
}

/// <summary>Run again at a known time, without spending an attempt.</summary>
/// <param name="reason">For people: what is waited for.</param>
/// <param name="until">The job doesn't start before.</param>
public sealed class SnoozeException(string reason, DateTimeOffset until) : StageException(reason, inner: null)
{
    public DateTimeOffset Until { get; } = until;
}
