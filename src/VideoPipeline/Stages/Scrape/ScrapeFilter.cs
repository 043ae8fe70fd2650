using System.Text.RegularExpressions;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <summary>A channel's filters, as far as a listing can answer them; durations are checked once the file is there.</summary>
internal sealed class ScrapeFilter(ScrapeFilters filters)
{
    // Patterns come from operators, titles from anywhere: together they must not keep a worker busy for ever.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex? _include = Compile(filters.TitleInclude, "titleInclude");
    private readonly Regex? _exclude = Compile(filters.TitleExclude, "titleExclude");

    /// <exception cref="PermanentFailureException">A pattern takes too long on this title.</exception>
    public bool Takes(string title, DateTimeOffset publishedAt)
    {
        try
        {
            return !(publishedAt < filters.PublishedAfter) && _include?.IsMatch(title) != false && _exclude?.IsMatch(title) != true;
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new PermanentFailureException($"The title filter {exception.Pattern} takes too long on '{title}'. Simplify it.", exception);
        }
    }

    /// <summary>Those of the new videos that this scrape takes: oldest first, as many as one run may.</summary>
    public IEnumerable<SourceFile> Limit(IEnumerable<SourceFile> files) =>
        files.OrderBy(file => file.ModifiedAt).ThenBy(file => file.ExternalId, StringComparer.Ordinal).Take(filters.MaxPerRun ?? int.MaxValue);

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
