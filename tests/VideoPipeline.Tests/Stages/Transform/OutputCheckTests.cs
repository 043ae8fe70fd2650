using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class OutputCheckTests
{
    private static readonly TransformPlan Plan = new(StreamTreatment.Encoded, StreamTreatment.Encoded, new(640, 480), [], []);

    private static readonly VideoTrack Video = new() { Codec = "h264", Width = 640, Height = 480 };

    private static readonly MediaInfo Good = new(
        "mov", TimeSpan.FromSeconds(10), TimeSpan.Zero, Video, new() { Codec = "aac", Channels = 2, SampleRate = 48_000 });

    private static IEnumerable<TestCaseData<MediaInfo, string?>> Outputs()
    {
        yield return new TestCaseData<MediaInfo, string?>(Good, null).SetArgDisplayNames("good");
        yield return new TestCaseData<MediaInfo, string?>(Good with { Video = null }, "no video").SetArgDisplayNames("no video");
        yield return new TestCaseData<MediaInfo, string?>(Good with { Audio = null }, "no audio").SetArgDisplayNames("no audio");
        yield return new TestCaseData<MediaInfo, string?>(Good with { Video = Video with { Width = 720 } }, "720x480").SetArgDisplayNames("other size");
        yield return new TestCaseData<MediaInfo, string?>(Good with { Video = Video with { SampleAspectRatio = new(8, 9) } }, "not square").SetArgDisplayNames("not square");
        yield return new TestCaseData<MediaInfo, string?>(Good with { Duration = null }, "no duration").SetArgDisplayNames("no duration");
    }

    [Test]
    public void Codecs_are_those_of_the_profile()
    {
        var profile = TransformProfiles.Shipped.Find("default")! with { VideoCodec = VideoCodec.H265 };

        Assert.Multiple(() =>
        {
            Assert.That(OutputCheck.Problem(Good, Plan, profile), Is.EqualTo("its video is h264 instead of hevc"));
            Assert.That(OutputCheck.Problem(Good with { Video = Video with { Codec = "hevc" } }, Plan, profile), Is.Null);
            Assert.That(
                OutputCheck.Problem(Good, Plan, profile with { VideoCodec = VideoCodec.H264, AudioCodec = AudioCodec.Opus }), Is.EqualTo("its audio is aac instead of opus"));
        });
    }

    [Test]
    public void Sound_alone_needs_no_picture() => Assert.That(
        OutputCheck.Problem(
            Good with { Video = null }, Plan with { Video = StreamTreatment.None }, TransformProfiles.Shipped.Find("audio-podcast")!), Is.Null);

    [TestCaseSource(nameof(Outputs))]
    public void Problems_are_named(MediaInfo output, string? problem) =>
        Assert.That(OutputCheck.Problem(output, Plan, TransformProfiles.Shipped.Find("default")!), problem is null ? Is.Null : Does.Contain(problem));

    [TestCase(10, 10.5, true)]
    [TestCase(10, 10.6, false)]
    [TestCase(3600, 3630, true)]
    [TestCase(3600, 3640, false)]
    public void Durations_may_differ_by_half_a_second_or_a_percent(double one, double other, bool same) =>
        Assert.That(OutputCheck.SameDuration(TimeSpan.FromSeconds(one), TimeSpan.FromSeconds(other)), Is.EqualTo(same));

    // What the whole file says, what the tracks say that were read, and how much of them there was; in seconds.
    [TestCase("mov", 20, 10.0, 10, "", false, TestName = "Another track of an MP4 is longer")]
    [TestCase("mov", 20, 20.0, 10, "", true, TestName = "Half of an MP4 is missing")]
    [TestCase("mov", 20, null, 10, "", true, TestName = "Half of an MP4 is missing, whose tracks have no length")]
    [TestCase("matroska", 20, null, 10, "", false, TestName = "Another track of a Matroska file is longer")]
    [TestCase("matroska", 20, null, 10, "[matroska,webm @ 0x1] File ended prematurely at pos. 5 (0x5)", true, TestName = "Half of a Matroska file is missing")]
    [TestCase("matroska", 20, null, 19.9, "[matroska,webm @ 0x1] File ended prematurely", false, TestName = "Next to nothing is missing")]
    [TestCase("avi", 20, 20.0, 10, "", false, TestName = "What an AVI file says is not to be relied on")]
    public void What_has_lost_its_end_is_told_from_what_has_tracks_of_different_lengths(
        string container, double whole, double? tracks, double read, string error, bool isCutOff)
    {
        var source = Good with { Container = container, Duration = TimeSpan.FromSeconds(whole) };

        var problem = OutputCheck.CutOff(source, tracks is { } said ? TimeSpan.FromSeconds(said) : null, new(TimeSpan.FromSeconds(read), [error]));

        Assert.That(problem, isCutOff ? Does.StartWith("the source is cut off: only 10.00 s of 20.00 s") : Is.Null);
    }
}
