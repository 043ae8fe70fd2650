using System.Security.Cryptography;
using System.Text;
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
    /// <summary>The source says that it has nothing that wasn't listed before.</summary>
    public static SourceListing Unchanged { get; } = new([]) { IsUnchanged = true };

    public bool IsUnchanged { get; private init; }

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
    private const int MaxUrlLength = 4_000;

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

    /// <summary>False for a file whose path is too long to be kept.</summary>
    public bool CanBeKept => ExternalId.Length <= MaxExternalIdLength;

    /// <summary>An id or URL from anywhere as an external id: one that is too long to be kept becomes its hash.</summary>
    public static string IdOf(string id) => id.Length <= MaxExternalIdLength
        ? id
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";

    /// <summary>The URL in its normal form; null when it isn't an absolute http(s) one of a sane length.</summary>
    /// <param name="relativeTo">What a relative one is relative to.</param>
    public static string? AddressOf(string? url, Uri? relativeTo = null) =>
        url is { Length: > 0 and <= MaxUrlLength }
            && (relativeTo is null ? Uri.TryCreate(url.Trim(), UriKind.Absolute, out var address) : Uri.TryCreate(relativeTo, url.Trim(), out address))
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.AbsoluteUri.Length <= MaxUrlLength
            ? address.AbsoluteUri
            : null;
}
