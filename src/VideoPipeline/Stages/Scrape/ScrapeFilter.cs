using System.Text.RegularExpressions;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <summary>A channel's filters, as far as a listing can answer them; the download answers the rest once the file is there.</summary>
internal sealed class ScrapeFilter(ScrapeFilters filters, TimeProvider time)
{
    // Patterns come from operators, titles from anywhere: together they must not keep a worker busy for ever. A title may take
    // ChannelRules.PatternTimeout, and all of a listing together so long; what is usual are microseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Include = "titleInclude";
    private const string Exclude = "titleExclude";

    private readonly Regex? _include = Compile(filters.TitleInclude, Include);
    private readonly Regex? _exclude = Compile(filters.TitleExclude, Exclude);

    private TimeSpan _spent;

    /// <summary>False when something is known of the video that the channel doesn't want; what is unknown speaks for it.</summary>
    /// <exception cref="PermanentFailureException">A pattern takes too long on this title, or on all of them.</exception>
    public bool Takes(SourceVideo video) =>
        !(video.PublishedAt < filters.PublishedAfter)
        && !(video.Duration < filters.MinDuration) && !(video.Duration > filters.MaxDuration)
        && (_include is null || Matches(_include, Include, video.Title)) && (_exclude is null || !Matches(_exclude, Exclude, video.Title));

    /// <summary>
    /// Those of the new videos that this scrape takes: oldest first, as many as one run may. Those without a date come last,
    /// in the source's own order.
    /// </summary>
    public IEnumerable<SourceVideo> Limit(IEnumerable<SourceVideo> videos) => videos
        .OrderBy(video => video.PublishedAt ?? DateTimeOffset.MaxValue)
        .ThenBy(video => video.PublishedAt is null ? "" : video.ExternalId, StringComparer.Ordinal)
        .Take(filters.MaxPerRun ?? int.MaxValue);

    private bool Matches(Regex pattern, string name, string title)
    {
        var startedAt = time.GetTimestamp();
        bool matches;
        try
        {
            matches = pattern.IsMatch(title);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new PermanentFailureException($"The channel's filter {name}, {pattern}, takes too long on '{title}'. Simplify it.", exception);
        }

        _spent += time.GetElapsedTime(startedAt);
        return _spent <= Patience
            ? matches
            : throw new PermanentFailureException($"The channel's filter {name}, {pattern}, takes too long on the source's titles together. Simplify it.");
    }

    private static Regex? Compile(string? pattern, string name)
    {
        try
        {
            return string.IsNullOrEmpty(pattern) ? null : new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, ChannelRules.PatternTimeout);
        }
        catch (ArgumentException exception)
        {
            throw new PermanentFailureException($"The channel's filter {name} is no regular expression: {exception.Message}", exception);
        }
    }
}
