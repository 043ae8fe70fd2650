using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Cli.Channels;

/// <summary>What kind of source somebody means who only names it.</summary>
internal static class SourceGuess
{
    private static readonly string[] FeedEndings = [".xml", ".rss", ".atom", "/feed", "/rss"];

    public static bool IsFolder(string source) =>
        source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || !source.Contains("://", StringComparison.Ordinal);

    /// <summary><c>folder</c>; <c>feed</c> by the ending of its path; everything else is left to <c>ytdlp</c>.</summary>
    public static string KindOf(string source) =>
        IsFolder(source) ? "folder"
        : Uri.TryCreate(source, UriKind.Absolute, out var url)
            && FeedEndings.Any(ending => url.AbsolutePath.TrimEnd('/').EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ? "feed"
        : "ytdlp";

    /// <summary>
    /// Whether a source that is given so is the one that the service has: it keeps a folder by its real path, an address as it is
    /// sent, a YouTube channel by its one URL. Links are followed here, so of a service on another machine they aren't known.
    /// </summary>
    /// <param name="kind">As the API names it.</param>
    public static bool IsStoredAs(string kind, string source, string stored) => stored == source || stored == kind switch
    {
        "folder" => RealPath.FromPathOrFileUrl(source) is { } path ? Path.TrimEndingDirectorySeparator(RealPath.OfExisting(path) ?? path) : null,
        "youtube" => YouTubeChannelAddress.Parse(source)?.Url,
        _ => Uri.TryCreate(source, UriKind.Absolute, out var address) ? address.AbsoluteUri : null,
    };

    /// <summary>Absolute: the service has another working directory, if it is on this machine at all.</summary>
    public static string FolderPath(string folder) =>
        folder.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? folder : Path.GetFullPath(folder);
}
