using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class TransformPlanTests
{
    private static readonly TransformProfile Profile = TransformProfiles.Find("youtube-1080p")!;

    private static readonly VideoTrack Conforming = new()
    {
        Codec = "h264",
        Profile = "High",
        Width = 1920,
        Height = 1080,
        AverageFrameRate = 30,
        PixelFormat = "yuv420p",
        FieldOrder = "progressive",
        BitDepth = 8,
    };

    private static readonly AudioTrack Sound = new() { Index = 1, Codec = "aac", Profile = "LC", Channels = 2, SampleRate = 48_000 };

    private static readonly Loudness AtTarget = new(-14.3, -2, 5, -24);

    private static IEnumerable<TestCaseData<VideoTrack, bool>> Videos()
    {
        yield return new TestCaseData<VideoTrack, bool>(Conforming, true).SetArgDisplayNames("conforming");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Profile = "Main" }, true).SetArgDisplayNames("main");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Width = 1280, Height = 720 }, true).SetArgDisplayNames("smaller");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Width = 1080, Height = 1920 }, true).SetArgDisplayNames("portrait");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { AverageFrameRate = 60.02 }, true).SetArgDisplayNames("60 fps and a hair");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { FieldOrder = "unknown" }, true).SetArgDisplayNames("field order unknown");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Codec = "hevc" }, false).SetArgDisplayNames("hevc");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Profile = "High 10" }, false).SetArgDisplayNames("high 10");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { PixelFormat = "yuvj420p" }, false).SetArgDisplayNames("full range");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { BitDepth = 10 }, false).SetArgDisplayNames("10 bit");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Width = 3840, Height = 2160 }, false).SetArgDisplayNames("4K");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Width = 1279, Height = 719 }, false).SetArgDisplayNames("odd");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { SampleAspectRatio = new(16, 15) }, false).SetArgDisplayNames("not square");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { Rotation = 90 }, false).SetArgDisplayNames("rotated");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { FieldOrder = "tt" }, false).SetArgDisplayNames("interlaced");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { AverageFrameRate = 120 }, false).SetArgDisplayNames("120 fps");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { AverageFrameRate = null }, false).SetArgDisplayNames("rate unknown");
    }

    [TestCaseSource(nameof(Videos))]
    public void Conforming_video_is_copied(VideoTrack track, bool conforms)
    {
        var plan = TransformPlan.Of(Media(track, Sound), AtTarget, Profile);

        Assert.That(plan.Video, Is.EqualTo(conforms ? StreamTreatment.Copied : StreamTreatment.Encoded));
        Assert.That(plan.Filters, conforms ? Is.Empty : Is.Not.Empty);
        Assert.That(plan.Audio, Is.EqualTo(StreamTreatment.Copied), "the other stream is none of its business");
    }

    private static IEnumerable<TestCaseData<AudioTrack, Loudness?, bool>> Sounds()
    {
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, AtTarget, true).SetArgDisplayNames("conforming");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound with { Channels = 1, SampleRate = 44_100 }, AtTarget, true).SetArgDisplayNames("mono 44.1");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, new(-70, double.NegativeInfinity, 0, 0), true).SetArgDisplayNames("silent");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, null, true).SetArgDisplayNames("not measurable");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, new(-15, -2, 5, -25), true).SetArgDisplayNames("1 LU off");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, new(-15.1, -2, 5, -25), false).SetArgDisplayNames("too quiet");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound, new(-9, 0, 5, -19), false).SetArgDisplayNames("too loud");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound with { Codec = "mp3" }, AtTarget, false).SetArgDisplayNames("mp3");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound with { Profile = "HE-AAC" }, AtTarget, false).SetArgDisplayNames("he-aac");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound with { Channels = 6 }, AtTarget, false).SetArgDisplayNames("5.1");
        yield return new TestCaseData<AudioTrack, Loudness?, bool>(Sound with { SampleRate = 96_000 }, AtTarget, false).SetArgDisplayNames("96 kHz");
    }

    [TestCaseSource(nameof(Sounds))]
    public void Conforming_audio_is_copied(AudioTrack track, Loudness? loudness, bool conforms)
    {
        var plan = TransformPlan.Of(Media(Conforming, track), loudness, Profile);

        Assert.That(plan.Audio, Is.EqualTo(conforms ? StreamTreatment.Copied : StreamTreatment.Encoded));
        Assert.That(plan.Video, Is.EqualTo(StreamTreatment.Copied));
    }

    [Test]
    public void Without_audio_there_is_none() =>
        Assert.That(TransformPlan.Of(Media(Conforming, null), null, Profile).Audio, Is.EqualTo(StreamTreatment.None));

    [Test]
    public void Nothing_is_copied_out_of_a_container_without_presentation_times()
    {
        var plan = TransformPlan.Of(Media(Conforming, Sound) with { Container = "avi" }, AtTarget, Profile);

        Assert.That((plan.Video, plan.Audio), Is.EqualTo((StreamTreatment.Encoded, StreamTreatment.Encoded)));
    }

    [Test]
    public void Loudness_is_normalised_with_what_was_measured()
    {
        var plan = TransformPlan.Of(Media(Conforming, Sound with { Channels = 6 }), new(-23.4, -4.5, 14.2, -34.1), Profile);

        Assert.That(plan.AudioFilters, Is.EqualTo(new[]
        {
            "aresample=async=1",
            "aformat=channel_layouts=stereo",
            "loudnorm=I=-14:TP=-1.5:LRA=14.2:measured_I=-23.4:measured_TP=-4.5:measured_LRA=14.2:measured_thresh=-34.1:linear=true",
        }));
    }

    [Test]
    public void Silence_is_encoded_without_normalisation()
    {
        var plan = TransformPlan.Of(Media(Conforming, Sound with { Codec = "mp3" }), new(-70, double.NegativeInfinity, 0, 0), Profile);

        Assert.That(plan.AudioFilters, Is.EqualTo(new[] { "aresample=async=1" }));
    }

    [Test]
    public void Video_is_deinterlaced_then_slowed_then_scaled()
    {
        var plan = TransformPlan.Of(
            Media(Conforming with { FieldOrder = "tt", AverageFrameRate = 100, Width = 720, Height = 576, SampleAspectRatio = new(16, 15) }, null), null, Profile);

        Assert.That(plan.Filters, Is.EqualTo(new[]
        {
            "bwdif=mode=send_frame", "fps=60", "scale=768:576:flags=lanczos", "setsar=1", "format=yuv420p",
        }));
    }

    [TestCase(1920, 1080, 1, 1, 0, 1920, 1080)]
    [TestCase(3840, 2160, 1, 1, 0, 1920, 1080)]
    [TestCase(640, 480, 1, 1, 0, 640, 480)] // never enlarged
    [TestCase(720, 576, 16, 15, 0, 768, 576)]
    [TestCase(1440, 1080, 4, 3, 0, 1920, 1080)]
    [TestCase(720, 480, 8, 9, 0, 640, 480)]
    [TestCase(1920, 1080, 1, 1, 90, 1080, 1920)] // portrait by rotation
    [TestCase(1920, 1080, 1, 1, 180, 1920, 1080)]
    [TestCase(2160, 3840, 1, 1, 0, 1080, 1920)]
    [TestCase(2000, 2000, 1, 1, 0, 1080, 1080)]
    [TestCase(641, 361, 1, 1, 0, 640, 360)]
    [TestCase(4096, 1716, 1, 1, 0, 1920, 804)]
    [TestCase(1, 1, 1, 1, 0, 2, 2)]
    [TestCase(10000, 10, 1, 1, 0, 1920, 2)]
    public void The_picture_fits_the_box(int width, int height, int numerator, int denominator, int rotation, int toWidth, int toHeight)
    {
        var track = Conforming with { Width = width, Height = height, SampleAspectRatio = new(numerator, denominator), Rotation = rotation };

        Assert.That(TargetSize.Of(track, Profile), Is.EqualTo(new PictureSize(toWidth, toHeight)));
    }

    [TestCase("youtube-1080p")]
    [TestCase("default")]
    [TestCase("Default")]
    public void Profiles_are_found(string name) => Assert.That(TransformProfiles.Find(name)?.Name, Is.EqualTo("youtube-1080p"));

    [Test]
    public void Other_profiles_are_not() => Assert.That(TransformProfiles.Find("betamax"), Is.Null);

    private static MediaInfo Media(VideoTrack video, AudioTrack? audio) =>
        new("mov,mp4,m4a,3gp,3g2,mj2", TimeSpan.FromSeconds(10), TimeSpan.Zero, video, audio);
}
