using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>Width and height of a picture of square pixels, upright.</summary>
public readonly record struct PictureSize(int Width, int Height);

public static class TargetSize
{
    /// <summary>
    /// The size of the output: pixels made square by their width, turned upright, shrunk into the profile's box but never
    /// enlarged, both sides even since 4:2:0 colour has a sample for two pixels.
    /// </summary>
    public static PictureSize Of(VideoTrack track, TransformProfile profile)
    {
        var width = track.Width * track.SampleAspectRatio.Value;
        double height = track.Height;
        if (track.Rotation is 90 or 270)
        {
            (width, height) = (height, width);
        }

        var (maxWidth, maxHeight) = width >= height
            ? (profile.MaxLongSide, profile.MaxShortSide)
            : (profile.MaxShortSide, profile.MaxLongSide);
        var scale = Math.Min(1, Math.Min(maxWidth / width, maxHeight / height));
        return new(Even(width * scale), Even(height * scale));
    }

    /// <summary>
    /// An odd side loses a pixel, since nothing is enlarged. To whole pixels first: files store rounded aspect ratios.
    /// </summary>
    private static int Even(double length) => Math.Max(2, (int)Math.Round(length) / 2 * 2);
}
