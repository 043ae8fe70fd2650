using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoPipeline.Stages.Download;

/// <summary>What yt-dlp knows of a video when its download begins; null for what the site doesn't say.</summary>
/// <param name="Size">Of all of it, mostly estimated. In bytes.</param>
/// <param name="Duration">In seconds.</param>
/// <param name="Count">How many videos the page has, when it has several.</param>
/// <param name="Files">More than one when picture and sound come apart and are put together at the end.</param>
internal sealed record YtDlpVideo(long? Size, double? Duration, DateTimeOffset? PublishedAt, int? Count, int Files);

/// <summary>How far yt-dlp is with one file; of a video whose picture and sound come apart there are two, one after the other.</summary>
/// <param name="Total">Of the file; null when unknown.</param>
/// <param name="Share">0 to 1, of the file; of one in pieces by their number, since its size is guessed from the first. Null when unknown.</param>
/// <param name="Speed">Bytes per second.</param>
internal sealed record YtDlpFile(bool Finished, long Bytes, long? Total, double? Share, double? Speed);

/// <summary>
/// The lines that yt-dlp writes for us, by templates of ours: a mark and a JSON object. It writes the text "NA" for what it
/// doesn't know.
/// </summary>
internal static class YtDlpOutput
{
    private const string VideoMark = "vp-video ";
    private const string ProgressMark = "vp-progress ";
    private const string FileMark = "vp-file ";

    /// <summary>Arguments that make it write them. Also what tells our processes from others.</summary>
    public static readonly IReadOnlyList<string> Templates =
    [
        "--newline",
        "--progress",
        "--progress-template",
        "download:" + ProgressMark
            + """{"status":%(progress.status)j,"bytes":%(progress.downloaded_bytes)j,"total":%(progress.total_bytes)j,"estimate":%(progress.total_bytes_estimate)j,"part":%(progress.fragment_index)j,"parts":%(progress.fragment_count)j,"speed":%(progress.speed)j}""",
        "--print",
        "before_dl:" + VideoMark
            + """{"size":%(filesize,filesize_approx)j,"duration":%(duration)j,"released":%(release_timestamp,timestamp)j,"day":%(upload_date)j,"count":%(playlist_count)j,"formats":%(requested_formats.:.format_id)j}""",
        "--print",
        "after_move:" + FileMark + "%(filepath)j",
    ];

    public static YtDlpVideo? Video(string line)
    {
        if (Parse<VideoLine>(line, VideoMark) is not { } video)
        {
            return null;
        }

        DateTimeOffset? publishedAt = Number(video.Released) is > -62_135_596_800 and < 253_402_300_800 and var seconds
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : DateTimeOffset.TryParseExact(Text(video.Day), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;
        return new(Bytes(video.Size), Number(video.Duration), publishedAt, (int?)Number(video.Count), video.Formats.ValueKind == JsonValueKind.Array ? video.Formats.GetArrayLength() : 1);
    }

    public static YtDlpFile? Progress(string line)
    {
        if (Parse<ProgressLine>(line, ProgressMark) is not { } progress)
        {
            return null;
        }

        var total = Bytes(progress.Total);
        var finished = Text(progress.Status) == "finished";

        // Of a file that was there already it says nothing but the whole.
        var bytes = Bytes(progress.Bytes) ?? (finished ? total : null) ?? 0;
        double? share = finished ? 1
            : Number(progress.Parts) is > 0 and var parts ? (Number(progress.Part) ?? 0) / parts
            : (total ?? Bytes(progress.Estimate)) is > 0 and var whole ? (double)bytes / whole : null;
        return new(finished, bytes, total, share is null ? null : Math.Clamp(share.Value, 0, 1), Number(progress.Speed));
    }

    /// <summary>The path of the finished file.</summary>
    public static string? File(string line) => Parse<string>(line, FileMark);

    private static T? Parse<T>(string line, string mark)
        where T : class
    {
        if (!line.StartsWith(mark, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line.AsSpan(mark.Length), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    private static long? Bytes(JsonElement value) => Number(value) is >= 0 and < 1e18 and var bytes ? (long)bytes : null;

    private sealed record VideoLine(JsonElement Size, JsonElement Duration, JsonElement Released, JsonElement Day, JsonElement Count, JsonElement Formats);

    private sealed record ProgressLine(
        JsonElement Status, JsonElement Bytes, JsonElement Total, JsonElement Estimate, JsonElement Part, JsonElement Parts, JsonElement Speed);
}
