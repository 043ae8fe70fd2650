using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class PictureFrameTests
{
    private static readonly TransformProfile Shorts = TransformProfiles.Shipped.Find("shorts-9x16")!;

    // Size of the output, and of the source's picture in it.
    [TestCase(1920, 1080, Framing.Blur, 1080, 1920, 1080, 608)]
    [TestCase(1920, 1080, Framing.Pad, 1080, 1920, 1080, 608)]
    [TestCase(1920, 1080, Framing.Crop, 608, 1080, 1920, 1080)]
    [TestCase(3840, 2160, Framing.Crop, 1080, 1920, 3412, 1920)]
    [TestCase(640, 360, Framing.Pad, 640, 1138, 640, 360)] // nothing is enlarged
    [TestCase(640, 360, Framing.Crop, 202, 360, 640, 360)]
    [TestCase(1080, 1920, Framing.Blur, 1080, 1920, 1080, 1920)]
    [TestCase(1080, 1916, Framing.Crop, 1080, 1916, 1080, 1916)] // as good as 9:16
    [TestCase(2160, 3840, Framing.Pad, 1080, 1920, 1080, 1920)]
    [TestCase(1080, 2400, Framing.Pad, 1080, 1920, 864, 1920)]
    [TestCase(1080, 2400, Framing.Crop, 1080, 1920, 1080, 2400)]
    [TestCase(321, 241, Framing.Pad, 320, 570, 320, 240)]
    public void The_picture_gets_the_aspect(
        int width, int height, Framing framing, int toWidth, int toHeight, int pictureWidth, int pictureHeight)
    {
        var frame = PictureFrame.Of(Track(width, height), Shorts with { Framing = framing });

        Assert.That(frame, Is.EqualTo(new PictureFrame(new(toWidth, toHeight), new(pictureWidth, pictureHeight))));
    }

    [Test]
    public void A_picture_that_is_turned_or_has_wide_pixels_is_judged_as_it_is_seen() => Assert.Multiple(() =>
    {
        Assert.That(PictureFrame.Of(Track(1920, 1080) with { Rotation = 270 }, Shorts).IsWhole);
        Assert.That(PictureFrame.Of(Track(540, 1920) with { SampleAspectRatio = new(2, 1) }, Shorts).IsWhole);
    });

    [Test]
    public void Bars_are_black() => Assert.That(
        Filters(Framing.Pad), Is.EqualTo(new[] { "scale=1080:608:flags=lanczos", "pad=1080:1920:0:656:color=black" }));

    [Test]
    public void Cropping_takes_the_middle() => Assert.That(
        Filters(Framing.Crop), Is.EqualTo(new[] { "scale=1920:1080:flags=lanczos", "crop=608:1080" }));

    [Test]
    public void The_picture_lies_over_itself_blurred() => Assert.That(
        Filters(Framing.Blur).Single(),
        Is.EqualTo("split[behind][front];[behind]scale=426:240:flags=area,crop=134:240,gblur=sigma=3,scale=1080:1920:flags=bicubic[blurred];"
            + "[front]scale=1080:608:flags=lanczos[sharp];[blurred][sharp]overlay=0:656:format=yuv420"));

    private static IEnumerable<string> Filters(Framing framing)
    {
        var profile = Shorts with { Framing = framing };
        return PictureFrame.Of(Track(1920, 1080), profile).FiltersFor(profile);
    }

    private static VideoTrack Track(int width, int height) => new() { Codec = "h264", Width = width, Height = height };
}
