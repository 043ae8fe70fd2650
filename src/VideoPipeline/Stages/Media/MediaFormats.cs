namespace VideoPipeline.Stages.Media;

/// <summary>The container formats that are taken in.</summary>
public static class MediaFormats
{
    // ffprobe names of demuxers, and what their files are called in the store. All of them hold their media themselves. Those
    // that name other files or addresses (hls, concat, dash, image2, imf, sdp) are left out: a text file that is called
    // video.mp4 could otherwise make ffmpeg read whatever this process may read.
    private static readonly (string Demuxer, string Extension)[] Known =
    [
        ("mov", ".mp4"), ("matroska", ".mkv"), ("avi", ".avi"), ("ogg", ".ogv"), ("mpegts", ".ts"), ("mpeg", ".mpg"),
        ("mpegvideo", ".m2v"), ("flv", ".flv"), ("live_flv", ".flv"), ("asf", ".wmv"), ("asf_o", ".wmv"), ("rm", ".rm"),
        ("dv", ".dv"), ("mxf", ".mxf"), ("gxf", ".gxf"), ("nut", ".nut"), ("wtv", ".wtv"), ("ivf", ".ivf"), ("h264", ".h264"),
        ("hevc", ".h265"), ("m4v", ".m4v"), ("av1", ".obu"), ("obu", ".obu"), ("gif", ".gif"),

        // Sound alone, with a cover at most. Sites have it beside a picture, too.
        ("mp3", ".mp3"), ("aac", ".aac"), ("flac", ".flac"), ("wav", ".wav"), ("ac3", ".ac3"), ("eac3", ".eac3"),
    ];

    /// <summary>For <c>-format_whitelist</c>: others are refused before they are opened, so that they can open nothing.</summary>
    public static string Whitelist { get; } = string.Join(',', Known.Select(known => known.Demuxer).Distinct());

    /// <summary>Null for a format that isn't taken in.</summary>
    /// <param name="container">See <see cref="MediaInfo.Container"/>.</param>
    public static string? ExtensionOf(string container)
    {
        var names = container.Split(',');
        return Known.Where(known => names.Contains(known.Demuxer)).Select(known => known.Extension).FirstOrDefault();
    }

    public static bool Is(this MediaInfo media, string demuxer) => media.Container.Split(',').Contains(demuxer);
}
