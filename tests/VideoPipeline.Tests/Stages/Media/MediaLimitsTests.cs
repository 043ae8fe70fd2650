using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages.Media;

public sealed class MediaLimitsTests
{
    private static readonly MediaLimits Limits = new() { MaxPixels = 1920 * 1080, MaxStreams = 4, MaxDuration = TimeSpan.FromHours(2) };

    private static readonly MediaInfo Film = new(
        "matroska,webm", TimeSpan.FromHours(1.5), TimeSpan.Zero, new() { Codec = "h264", Width = 1920, Height = 1080 }, null)
    { StreamCount = 3 };

    private static IEnumerable<TestCaseData<MediaInfo, string?>> Files()
    {
        yield return new(Film, null);
        yield return new(Film with { Duration = null, Video = null }, null);
        yield return new(Film with { Video = Film.Video! with { Height = 1082 } }, "its picture of 1920x1082 is larger than VideoPipeline:Media:MaxPixels allows, 2073600.");
        yield return new(Film with { Video = Film.Video! with { Width = int.MaxValue, Height = int.MaxValue } }, "its picture of 2147483647x2147483647 is larger");
        yield return new(Film with { StreamCount = 5 }, "it has 5 streams, and VideoPipeline:Media:MaxStreams allows 4.");
        yield return new(Film with { Duration = TimeSpan.FromHours(50) }, "it lasts 2:2:00:00, and VideoPipeline:Media:MaxDuration allows 02:00:00.");
    }

    [TestCaseSource(nameof(Files))]
    public void What_is_too_large_is_named_with_its_limit(MediaInfo media, string? problem) =>
        Assert.That(Limits.Problem(media), problem is null ? Is.Null : Does.StartWith(problem));

    // As ffprobe 5.1 wrote them.
    [TestCase("[mov,mp4 @ 0x55e] Number of streams exceeds max_streams parameter (128), see the documentation if you wish to increase it", "it has more streams than VideoPipeline:Media:MaxStreams allows, 4.")]
    [TestCase("[rawvideo @ 0x55b] [IMGUTILS @ 0x7ff] Picture size 60000x60000 is invalid", "its picture is larger than VideoPipeline:Media:MaxPixels allows, 2073600.")]
    [TestCase("[mjpeg @ 0x562] [IMGUTILS @ 0x7ff] Picture size 16000x16000 exceeds specified max pixel count 67108864, see the documentation if you wish to increase it", "its picture is larger than VideoPipeline:Media:MaxPixels allows, 2073600.")]
    [TestCase("/a.mp4: Invalid data found when processing input", null)]
    public void What_ffprobe_refuses_to_look_at_is_named_too(string line, string? problem) => Assert.That(Limits.Problem([line]), Is.EqualTo(problem));
}
