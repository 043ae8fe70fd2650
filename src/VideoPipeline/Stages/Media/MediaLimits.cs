using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace VideoPipeline.Stages.Media;

/// <summary>
/// How large files may be in what they claim and unpack to, as opposed to their bytes: a small file can hold a picture or a
/// number of streams that takes all memory. Settings <c>VideoPipeline:Media</c>.
/// </summary>
public sealed class MediaLimits
{
    // What one frame, one packet or one index may take, in bytes: eight times what a frame of the default MaxPixels takes with
    // 8 bits, so that filters which calculate in floating point have room.
    private const long MaxBlockBytes = 1L << 30;

    /// <summary>Width times height of a picture. The default is 8192x8192.</summary>
    [Range(256L, 1L << 30)]
    public long MaxPixels { get; set; } = 8192 * 8192;

    /// <summary>Of every kind, used or not; attachments count, too.</summary>
    [Range(1, 1000)]
    public int MaxStreams { get; set; } = 128;

    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// For ffmpeg and ffprobe, before the first input. They are for what a file turns out to be while it is read, also where its
    /// header says otherwise.
    /// </summary>
    internal string Arguments => $"-max_alloc {MaxBlockBytes} -max_streams {MaxStreams} -max_pixels {MaxPixels}";

    /// <summary>What is too large about a file, by what it says itself; null when nothing is.</summary>
    public string? Problem(MediaInfo media) => media switch
    {
        { Video: { } video } when (long)video.Width * video.Height > MaxPixels =>
            $"its picture of {video.Width}x{video.Height} is larger than VideoPipeline:Media:MaxPixels allows, {MaxPixels}.",
        { StreamCount: var streams } when streams > MaxStreams =>
            $"it has {streams} streams, and VideoPipeline:Media:MaxStreams allows {MaxStreams}.",
        { Duration: { } duration } when duration > MaxDuration =>
            $"it lasts {duration.ToString("g", CultureInfo.InvariantCulture)}, and VideoPipeline:Media:MaxDuration allows {MaxDuration}.",
        _ => null,
    };

    /// <summary>The same where ffprobe refused to look at what was too large; null when that isn't what its errors are about.</summary>
    internal string? Problem(IReadOnlyList<string> errors) => errors switch
    {
        _ when Has(errors, "exceeds max_streams") => $"it has more streams than VideoPipeline:Media:MaxStreams allows, {MaxStreams}.",
        _ when Has(errors, "max pixel count") || errors.Any(line => line.Contains("Picture size", StringComparison.Ordinal) && line.Contains("is invalid", StringComparison.Ordinal)) =>
            $"its picture is larger than VideoPipeline:Media:MaxPixels allows, {MaxPixels}.",
        _ => null,
    };

    private static bool Has(IReadOnlyList<string> errors, string text) => errors.Any(line => line.Contains(text, StringComparison.Ordinal));
}
