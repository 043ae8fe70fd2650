namespace VideoPipeline.Jobs;

/// <summary>Which jobs a bulk operation means: exactly one of both.</summary>
public sealed record JobSelection
{
    public const int MaxIds = 1000;

    /// <summary>1 to <see cref="MaxIds"/> of them; those that don't exist are left out.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Every job that matches, however many there are. Without a status: those with a status that the operation is for.</summary>
    public JobFilter? Filter { get; init; }

    /// <param name="statuses">Those that the filter may name.</param>
    /// <exception cref="InvalidRequestException"/>
    internal void Validate(IReadOnlyList<JobStatus> statuses)
    {
        var errors = new RequestErrors();

        // Asked for even when empty: a body that was lost on its way must not change everything.
        errors.AddIf(Ids is null && Filter is null, "filter", "is required, or ids; {} means every job that can be changed so");
        errors.AddIf(Ids is not null && Filter is not null, "ids", "must not be given together with filter");
        errors.AddIf(Ids?.Count is 0 or > MaxIds, "ids", $"must have 1 to {MaxIds} ids");
        errors.AddIf(
            Filter?.Status is { } status && !statuses.Contains(status), "filter.status", $"must be one of {string.Join(", ", statuses.Select(JobStatuses.Name))}");
        errors.ThrowIfAny();
        Filter?.Validate("filter.");
    }
}

/// <summary>What became of the jobs that a bulk operation meant.</summary>
/// <param name="Matched">How many there were.</param>
/// <param name="Changed">How many of them were changed; of a dry run: how many would be.</param>
/// <param name="Skipped">How many were left as they are: their status doesn't allow it, it would change nothing, or others have changed them meanwhile.</param>
/// <param name="Items">The first ones of those that were changed; at most <see cref="MaxItems"/>.</param>
public sealed record BulkResult(int Matched, int Changed, int Skipped, IReadOnlyList<VideoProcessingJob> Items)
{
    public const int MaxItems = 100;
}
