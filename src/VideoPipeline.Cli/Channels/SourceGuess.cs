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

    /// <summary>Absolute: the service has another working directory, if it is on this machine at all.</summary>
    public static string FolderPath(string folder) =>
        folder.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? folder : Path.GetFullPath(folder);
}
