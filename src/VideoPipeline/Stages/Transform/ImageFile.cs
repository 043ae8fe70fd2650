namespace VideoPipeline.Stages.Transform;

/// <summary>Tells the images that can be watermarks by how they begin.</summary>
internal static class ImageFile
{
    private const int HeadLength = 12;

    /// <summary>The name of ffmpeg's demuxer for it; null for what is none of PNG (ISO/IEC 15948), JPEG (ISO/IEC 10918-1) and WebP (RFC 9649).</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? DemuxerOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> head = stackalloc byte[HeadLength];
        return DemuxerOf(head[..file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false)]);
    }

    internal static string? DemuxerOf(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) => "png_pipe",
        _ when head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) => "jpeg_pipe",
        { Length: >= HeadLength } when head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) => "webp_pipe",
        _ => null,
    };
}
