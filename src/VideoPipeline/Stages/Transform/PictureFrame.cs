using VideoPipeline.Stages.Media;

namespace VideoPipeline.Stages.Transform;

/// <summary>Width and height of a picture of square pixels, upright.</summary>
public readonly record struct PictureSize(int Width, int Height);

/// <summary>How a picture gets its size and aspect.</summary>
/// <param name="Size">Of what comes out.</param>
/// <param name="Picture">
/// What the source's picture is scaled to: the same, or smaller on one side when bars are added, or larger when it is cropped.
/// </param>
public readonly record struct PictureFrame(PictureSize Size, PictureSize Picture)
{
    // Bars of a pixel or two are worth no encoding: 1080x1916 counts as 9:16.
    private const double AspectTolerance = 0.005;

    public bool IsWhole => Size == Picture;

    /// <summary>
    /// Pixels made square by their width, turned upright, brought to the profile's aspect, shrunk into its box but never
    /// enlarged, both sides even since 4:2:0 colour has a sample for two pixels.
    /// </summary>
    public static PictureFrame Of(VideoTrack track, TransformProfile profile)
    {
        var width = track.Width * track.SampleAspectRatio.Value;
        double height = track.Height;
        if (track.Rotation is 90 or 270)
        {
            (width, height) = (height, width);
        }

        if (profile.AspectRatio is not { Value: var aspect } || Math.Abs((width / height / aspect) - 1) <= AspectTolerance)
        {
            var whole = Scaled(width, height, ScaleInto(width, height, profile));
            return new(whole, whole);
        }

        if (profile.Framing == Framing.Crop)
        {
            var keptWidth = Math.Min(width, height * aspect);
            var scale = ScaleInto(keptWidth, keptWidth / aspect, profile);
            var kept = Scaled(keptWidth, keptWidth / aspect, scale);
            var whole = Scaled(width, height, scale);
            return new(kept, new(Math.Max(whole.Width, kept.Width), Math.Max(whole.Height, kept.Height)));
        }
        else
        {
            var framedWidth = Math.Max(width, height * aspect);
            var scale = ScaleInto(framedWidth, framedWidth / aspect, profile);
            return new(Scaled(framedWidth, framedWidth / aspect, scale), Scaled(width, height, scale));
        }
    }

    /// <summary>A picture that has to have exactly this size, whatever its own; it may be enlarged.</summary>
    public static PictureFrame Into(VideoTrack track, PictureSize size, Framing framing)
    {
        var width = track.Width * track.SampleAspectRatio.Value;
        double height = track.Height;
        if (track.Rotation is 90 or 270)
        {
            (width, height) = (height, width);
        }

        if (Math.Abs((width / height / ((double)size.Width / size.Height)) - 1) <= AspectTolerance)
        {
            return new(size, size);
        }

        var (byWidth, byHeight) = (size.Width / width, size.Height / height);
        var picture = Scaled(width, height, framing == Framing.Crop ? Math.Max(byWidth, byHeight) : Math.Min(byWidth, byHeight));
        return new(size, framing == Framing.Crop
            ? new(Math.Max(picture.Width, size.Width), Math.Max(picture.Height, size.Height))
            : new(Math.Min(picture.Width, size.Width), Math.Min(picture.Height, size.Height)));
    }

    /// <summary>The filters that make it, for ffmpeg.</summary>
    /// <param name="label">Begins the names of its pads, which must differ from others in the same graph.</param>
    public IEnumerable<string> FiltersFor(TransformProfile profile, string label = "")
    {
        var scale = $"scale={Picture.Width}:{Picture.Height}:flags=lanczos";
        if (IsWhole)
        {
            return [scale];
        }

        // Even, so that colour stays where it belongs.
        var (left, top) = ((Size.Width - Picture.Width) / 4 * 2, (Size.Height - Picture.Height) / 4 * 2);
        return profile.Framing switch
        {
            Framing.Crop => [scale, $"crop={Size.Width}:{Size.Height}"],
            Framing.Pad => [scale, $"pad={Size.Width}:{Size.Height}:{left}:{top}:color=black"],
            _ => [$"split[{label}behind][{label}front];[{label}behind]{Blurred()}[{label}blurred];[{label}front]{scale}[{label}sharp];[{label}blurred][{label}sharp]overlay={left}:{top}:format={OverlayFormat(profile)}"],
        };
    }

    internal static string OverlayFormat(TransformProfile profile) => profile.PixelFormat == "yuv420p10le" ? "yuv420p10" : "yuv420";

    /// <summary>Blurred while it is small, which costs next to nothing and looks the same.</summary>
    private string Blurred()
    {
        const double Smaller = 8;
        var small = Scaled(Size.Width, Size.Height, 1 / Smaller);
        var cover = Math.Max((double)small.Width / Picture.Width, (double)small.Height / Picture.Height);
        var covering = Scaled(Picture.Width, Picture.Height, cover);
        return $"scale={Math.Max(covering.Width, small.Width)}:{Math.Max(covering.Height, small.Height)}:flags=area,crop={small.Width}:{small.Height},gblur=sigma=3,scale={Size.Width}:{Size.Height}:flags=bicubic";
    }

    private static double ScaleInto(double width, double height, TransformProfile profile)
    {
        var (maxWidth, maxHeight) = width >= height
            ? (profile.MaxLongSide, profile.MaxShortSide)
            : (profile.MaxShortSide, profile.MaxLongSide);
        return Math.Min(1, Math.Min(maxWidth / width, maxHeight / height));
    }

    private static PictureSize Scaled(double width, double height, double scale) => new(Even(width * scale), Even(height * scale));

    /// <summary>
    /// An odd side loses a pixel, since nothing is enlarged. To whole pixels first: files store rounded aspect ratios.
    /// </summary>
    private static int Even(double length) => Math.Max(2, (int)Math.Round(length) / 2 * 2);
}
