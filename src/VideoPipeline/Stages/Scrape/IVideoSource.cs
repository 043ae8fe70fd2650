using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;

namespace VideoPipeline.Stages.Scrape;

/// <summary>Lists the videos of channels with one kind of source. It changes nothing at the source and writes no rows.</summary>
public interface IVideoSource
{
    SourceKind Kind { get; }

    /// <summary>
    /// All videos that can be fetched now, whether the channel knows them or not: filters and the look for known ones are
    /// the scrape's. Where the dates are unknown, the oldest first.
    /// </summary>
    /// <exception cref="StageException">The source can't be listed.</exception>
    Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken);
}

/// <summary>What a source has.</summary>
public sealed record SourceListing(IReadOnlyList<SourceVideo> Videos)
{
    /// <summary>
    /// What the source wants to remember, in the transaction that completes the scrape. Called only when every video of the
    /// listing was added, known, or filtered out for good: one that was left for the next run must be listed again.
    /// </summary>
    public Func<PipelineDbContext, DateTimeOffset, CancellationToken, Task>? Remember { get; init; }
}

/// <summary>A video at its source.</summary>
public sealed record SourceVideo
{
    private const int MaxExternalIdLength = 800;

    /// <summary>The source's own name of it, unique in the channel; see <see cref="Video.ExternalId"/>.</summary>
    public required string ExternalId { get; init; }

    /// <summary>An absolute path, or an http(s) URL.</summary>
    public required string Url { get; init; }

    /// <summary>In one line.</summary>
    public required string Title { get; init; }

    /// <summary>Null when the source doesn't tell.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>In seconds; null when the source doesn't tell.</summary>
    public double? Duration { get; init; }

    /// <summary>False for an id or URL that is too long to be kept.</summary>
    public bool CanBeKept => ExternalId.Length <= MaxExternalIdLength;
}
