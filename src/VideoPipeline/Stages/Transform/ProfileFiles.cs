namespace VideoPipeline.Stages.Transform;

/// <summary>The files that a profile names, looked at when the service starts: found missing later, they would fail every video.</summary>
internal static class ProfileFiles
{
    /// <summary>What is wrong with them, by the setting and what is allowed.</summary>
    public static IEnumerable<string> Problems(TransformProfile profile)
    {
        if (Problem(profile.Watermark.File) is { } watermark)
        {
            yield return $"{nameof(TransformProfile.Watermark)}:{nameof(Watermark.File)} {watermark}";
        }
        else if (!profile.Watermark.IsNone && ImageFile.DemuxerOf(profile.Watermark.File) is null)
        {
            yield return $"{nameof(TransformProfile.Watermark)}:{nameof(Watermark.File)} must be a PNG, JPEG or WebP image, but '{profile.Watermark.File}' is none.";
        }

        if (Problem(profile.Intro) is { } intro)
        {
            yield return $"{nameof(TransformProfile.Intro)} {intro}";
        }

        if (Problem(profile.Outro) is { } outro)
        {
            yield return $"{nameof(TransformProfile.Outro)} {outro}";
        }
    }

    private static string? Problem(string path)
    {
        if (path.Length == 0)
        {
            return null;
        }

        if (path.AsSpan().ContainsAny('"', '\n', '\r') || (path.Contains('\\', StringComparison.Ordinal) && !OperatingSystem.IsWindows()))
        {
            return "must be a path without quotes, backslashes and line breaks.";
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"must be a file that can be read, but '{path}' is not: {exception.Message}";
        }
    }
}
