using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Download;

/// <summary>Those of a channel's filters that its source's listing may not have been able to answer.</summary>
internal static class SourceFilters
{
    /// <exception cref="PermanentFailureException">The channel doesn't take videos that are so short or long.</exception>
    public static void DemandDuration(double? seconds, ScrapeFilters filters, string name)
    {
        if (seconds < filters.MinDuration)
        {
            throw new PermanentFailureException($"{name} lasts {seconds:0.0} s; the channel takes videos from {filters.MinDuration} s.");
        }

        if (seconds > filters.MaxDuration)
        {
            throw new PermanentFailureException($"{name} lasts {seconds:0.0} s; the channel takes videos up to {filters.MaxDuration} s.");
        }
    }

    /// <exception cref="PermanentFailureException">The channel doesn't take videos that are so old.</exception>
    public static void DemandDate(DateTimeOffset? publishedAt, ScrapeFilters filters, string name)
    {
        if (publishedAt < filters.PublishedAfter)
        {
            throw new PermanentFailureException(FormattableString.Invariant(
                $"{name} was published on {publishedAt:yyyy-MM-dd}; the channel takes videos from {filters.PublishedAfter:yyyy-MM-dd HH:mm} on."));
        }
    }
}
