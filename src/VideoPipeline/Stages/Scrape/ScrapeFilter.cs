using System.Text.RegularExpressions;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <summary>A channel's filters, as far as a listing can answer them; the download answers the rest once the file is there.</summary>
internal sealed class ScrapeFilter(ScrapeFilters filters)
{
    // Patterns come from operators, titles from anywhere: together they must not keep a worker busy for ever.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex? _include = Compile(filters.TitleInclude, "titleInclude");
    private readonly Regex? _exclude = Compile(filters.TitleExclude, "titleExclude");

    /// <summary>False when something is known of the video that the channel doesn't want; what is unknown speaks for it.</summary>
    /// <exception cref="PermanentFailureException">A pattern takes too long on this title.</exception>
    public bool Takes(SourceVideo video)
    {
        try
        {
            return !(video.PublishedAt < filters.PublishedAfter)
                && !(video.Duration < filters.MinDuration) && !(video.Duration > filters.MaxDuration)
                && _include?.IsMatch(video.Title) != false && _exclude?.IsMatch(video.Title) != true;
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new PermanentFailureException($"The title filter {exception.Pattern} takes too long on '{video.Title}'. Simplify it.", exception);
        }
    }

    /// <summary>
    /// Those of the new videos that this scrape takes: oldest first, as many as one run may. Those without a date come last,
    /// in the source's own order.
    /// </summary>
    public IEnumerable<SourceVideo> Limit(IEnumerable<SourceVideo> videos) => videos
        .OrderBy(video => video.PublishedAt ?? DateTimeOffset.MaxValue)
        .ThenBy(video => video.PublishedAt is null ? "" : video.ExternalId, StringComparer.Ordinal)
        .Take(filters.MaxPerRun ?? int.MaxValue);

    private static Regex? Compile(string? pattern, string name)
    {
        try
        {
            return string.IsNullOrEmpty(pattern) ? null : new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException exception)
        {
            throw new PermanentFailureException($"The channel's filter {name} is no regular expression: {exception.Message}", exception);
        }
    }
}
