using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;

namespace VideoPipeline.Artifacts;

/// <summary>The names of stored files: <c>{channelId}/{videoId}/source.mp4</c>. Nothing in them comes from users.</summary>
public static partial class ArtifactKey
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new() { Mappings = { [".mkv"] = "video/x-matroska", [".m4a"] = "audio/mp4" } };

    /// <param name="extension">With its dot, decided by what the file is and not by what it is called.</param>
    public static string Source(long channelId, long videoId, string extension) => $"{channelId}/{videoId}/source{extension}";

    /// <param name="extension">With its dot: the container's.</param>
    public static string Output(long channelId, long videoId, string extension) => $"{channelId}/{videoId}/output{extension}";

    public static string Thumbnail(long channelId, long videoId) => $"{channelId}/{videoId}/thumbnail.jpg";

    public static string Metadata(long channelId, long videoId) => $"{channelId}/{videoId}/metadata.json";

    /// <summary>
    /// Relative, of plain ASCII letters, digits and <c>. _ -</c> between slashes, with no part that begins with a dot: such
    /// a key can't leave the store and can't name its temporary files.
    /// </summary>
    public static bool IsValid(string key) =>
        key.Length <= 400 && key.Split('/').All(part => part.Length > 0 && part[0] != '.'
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    /// <summary>True for the names that are given here: a place that is shared may have others.</summary>
    public static bool IsOfVideo(string key) => OfVideo().IsMatch(key);

    /// <summary>The media type by the extension, which says what the file is.</summary>
    public static string ContentType(string key) => ContentTypes.TryGetContentType(key, out var type) ? type : "application/octet-stream";

    [GeneratedRegex("^[0-9]+/[0-9]+/(source\\.[a-z0-9]+|output\\.[a-z0-9]+|thumbnail\\.jpg|metadata\\.json)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfVideo();
}
