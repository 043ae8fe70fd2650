using System.Globalization;
using System.Text.Json;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <summary>Reads what <c>yt-dlp --dump-single-json --flat-playlist</c> says of a channel, a playlist, a page or a single video.</summary>
internal static class FlatPlaylist
{
    // Where yt-dlp hands notes from one of its extractors to the next in a URL's fragment.
    private const string Smuggled = "#__youtubedl_smuggle=";

    // A video's page; also what YouTube's feeds and its API lead to, so that a channel may change its kind of source.
    private const string YouTubeWatch = "https://www.youtube.com/watch?v=";

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64 };

    /// <returns>
    /// The videos, the last of the list first: sites list the newest first. Left out are entries that aren't videos, that
    /// can't be fetched over http(s), and streams that have yet to end.
    /// </returns>
    /// <exception cref="TransientFailureException">It can't be read.</exception>
    public static IReadOnlyList<SourceVideo> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Limits);
            var found = new List<SourceVideo>();
            Collect(document.RootElement, found, root: true);
            found.Reverse();
            return found;
        }
        catch (JsonException exception)
        {
            throw new TransientFailureException($"yt-dlp's answer can't be read: {exception.Message}", exception);
        }
    }

    private static void Collect(JsonElement entry, List<SourceVideo> found, bool root = false)
    {
        // An entry is null when its video can't be seen.
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (entry.TryGetProperty("entries", out var entries) && entries.ValueKind == JsonValueKind.Array)
        {
            // A channel can be a list of lists: its videos, its shorts.
            foreach (var inner in entries.EnumerateArray())
            {
                Collect(inner, found);
            }

            return;
        }

        var type = Text(entry, "_type");
        if (type is "playlist" or "multi_video" || IsList(Text(entry, "ie_key")) || Text(entry, "live_status") is "is_live" or "is_upcoming" or "post_live")
        {
            return;
        }

        // Of a video that was asked for itself, url is its stream, which is good for hours only.
        if ((root ? Address(Text(entry, "webpage_url")) : Address(Text(entry, "url")) ?? YouTube(entry) ?? Address(Text(entry, "webpage_url"))) is not { } url)
        {
            return;
        }

        found.Add(new()
        {
            ExternalId = SourceVideo.IdOf(url),
            Url = url,
            Title = VideoTitle.InOneLine(Text(entry, "title"), whenEmpty: VideoTitle.InOneLine(Text(entry, "id"))),
            PublishedAt = PublishedAt(entry),
            Duration = Number(entry, "duration") is > 0 and var seconds ? seconds : null,
        });
    }

    private static bool IsList(string? extractor) => extractor is not null
        && (extractor.EndsWith("Tab", StringComparison.Ordinal) || extractor.EndsWith("Playlist", StringComparison.Ordinal) || extractor.EndsWith("Channel", StringComparison.Ordinal));

    private static string? Address(string? url) => SourceVideo.AddressOf(url?.Split(Smuggled)[0]);

    private static string? YouTube(JsonElement entry) =>
        Text(entry, "ie_key") == "Youtube" && Text(entry, "id") is { Length: > 0 } id ? YouTubeWatch + Uri.EscapeDataString(id) : null;

    private static DateTimeOffset? PublishedAt(JsonElement entry)
    {
        // Some sites have times that no calendar has.
        if ((Number(entry, "release_timestamp") ?? Number(entry, "timestamp")) is { } seconds and > -62_135_596_800 and < 253_402_300_800)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds));
        }

        return DateTimeOffset.TryParseExact(
            Text(entry, "upload_date"), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;
}
