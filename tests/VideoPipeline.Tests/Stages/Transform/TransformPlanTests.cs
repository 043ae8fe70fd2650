using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class TransformPlanTests
{
    private static readonly TransformProfile Profile = TransformProfiles.Shipped.Find("youtube-1080p")!;

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
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { ColorTransfer = "bt709" }, true).SetArgDisplayNames("bt709");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { ColorTransfer = "smpte2084" }, false).SetArgDisplayNames("pq");
        yield return new TestCaseData<VideoTrack, bool>(Conforming with { ColorTransfer = "arib-std-b67" }, false).SetArgDisplayNames("hlg");
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

    private static readonly VideoTrack Hevc = Conforming with { Codec = "hevc", Profile = "Main" };

    private static readonly AudioTrack Opus = Sound with { Codec = "opus", Profile = null };

    private static IEnumerable<TestCaseData<TransformProfile, VideoTrack?, AudioTrack?, string>> Others()
    {
        var uhd = TransformProfiles.Shipped.Find("youtube-2160p")!;
        var shorts = TransformProfiles.Shipped.Find("shorts-9x16")!;
        var archive = TransformProfiles.Shipped.Find("archive-copy")!;
        var podcast = TransformProfiles.Shipped.Find("audio-podcast")! with { Loudness = AtTarget.Integrated };
        var hevc = Profile with { VideoCodec = VideoCodec.H265 };
        var deep = hevc with { PixelFormat = "yuv420p10le" };
        var opus = Profile with { AudioCodec = AudioCodec.Opus };
        var odd = Conforming with { Codec = "mpeg4", Profile = "Simple", Width = 321, Height = 241, Rotation = 90 };
        var surround = Sound with { Codec = "ac3", Profile = null, Channels = 6 };

        yield return Case("4K stays", uhd, Conforming with { Width = 3840, Height = 2160 }, Sound, "copied copied 3840x2160");
        yield return Case("8K doesn't", uhd, Conforming with { Width = 7680, Height = 4320 }, Sound, "encoded copied 3840x2160");
        yield return Case("a short", shorts, Conforming with { Width = 1080, Height = 1920 }, Sound, "copied copied 1080x1920");
        yield return Case("a short to be", shorts, Conforming, Sound, "encoded copied 1080x1920");
        yield return Case("a small short", shorts, Conforming with { Width = 540, Height = 960 }, null, "copied none 540x960");
        yield return Case("archived", archive, odd, surround, "copied copied 321x241");
        yield return Case("archived without sound", archive, odd, null, "copied none 321x241");
        yield return Case("archived without picture", archive, null, surround, "none copied 0x0");
        yield return Case("sound", podcast, null, Sound, "none copied 0x0");
        yield return Case("sound of a video", podcast, odd, Sound, "none copied 0x0");
        yield return Case("sound in six channels", podcast, null, Sound with { Channels = 6 }, "none encoded 0x0");
        yield return Case("mono only", podcast with { MaxChannels = 1 }, null, Sound, "none encoded 0x0");
        yield return Case("hevc", hevc, Hevc, Sound, "copied copied 1920x1080");
        yield return Case("h264 for hevc", hevc, Conforming, Sound, "encoded copied 1920x1080");
        yield return Case("hevc with 10 bits", deep, Hevc with { Profile = "Main 10", PixelFormat = "yuv420p10le", BitDepth = 10 }, Sound, "copied copied 1920x1080");
        yield return Case("hevc with 10 bits for 8", hevc, Hevc with { Profile = "Main 10", PixelFormat = "yuv420p10le", BitDepth = 10 }, Sound, "encoded copied 1920x1080");
        yield return Case("hdr", deep, Hevc with { Profile = "Main 10", PixelFormat = "yuv420p10le", BitDepth = 10, ColorTransfer = "smpte2084" }, Sound, "copied copied 1920x1080");
        yield return Case("hevc with 8 bits for 10", deep, Hevc, Sound, "encoded copied 1920x1080");
        yield return Case("range extensions", hevc, Hevc with { Profile = "Rext", PixelFormat = "yuv444p" }, Sound, "encoded copied 1920x1080");
        yield return Case("opus", opus, Conforming, Opus, "copied copied 1920x1080");
        yield return Case("aac for opus", opus, Conforming, Sound, "copied encoded 1920x1080");
        yield return Case("opus for aac", Profile, Conforming, Opus, "copied encoded 1920x1080");
        yield return Case("5.1 allowed", Profile with { MaxChannels = 6 }, Conforming, Sound with { Channels = 6 }, "copied copied 1920x1080");
        yield return Case("slower wanted", Profile with { MaxFrameRate = 25 }, Conforming, Sound, "encoded copied 1920x1080");

        static TestCaseData<TransformProfile, VideoTrack?, AudioTrack?, string> Case(
            string name, TransformProfile profile, VideoTrack? video, AudioTrack? audio, string plan) =>
            new TestCaseData<TransformProfile, VideoTrack?, AudioTrack?, string>(profile, video, audio, plan).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Others))]
    public void Each_profile_copies_what_conforms_to_it(TransformProfile profile, VideoTrack? video, AudioTrack? audio, string expected)
    {
        var plan = TransformPlan.Of(Media(video, audio), AtTarget, profile);

        Assert.That($"{plan.Video} {plan.Audio} {plan.Size.Width}x{plan.Size.Height}".ToLowerInvariant(), Is.EqualTo(expected));
        Assert.That(plan.Filters, plan.Video == StreamTreatment.Encoded ? Is.Not.Empty : Is.Empty);
        Assert.That(plan.AudioFilters, plan.Audio == StreamTreatment.Encoded ? Is.Not.Empty : Is.Empty);
    }

    [TestCase(1, "mono")]
    [TestCase(2, "stereo")]
    [TestCase(6, "5.1")]
    public void Channels_beyond_the_profile_are_mixed_down(int channels, string layout) => Assert.That(
        TransformPlan.DownmixFor(Sound with { Channels = 8 }, Profile with { MaxChannels = channels }), Is.EqualTo(new[] { $"aformat=channel_layouts={layout}" }));

    [Test]
    public void Without_a_target_loudness_is_left()
    {
        var profile = Profile with { Loudness = null };

        Assert.That(TransformPlan.Of(Media(Conforming, Sound), new(-40, -20, 5, -50), profile).Audio, Is.EqualTo(StreamTreatment.Copied));
        Assert.That(TransformPlan.Of(Media(Conforming, Opus), new(-40, -20, 5, -50), profile).AudioFilters, Is.EqualTo(new[] { "aresample=async=1" }));
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
            "aresample=192000",
            "volume=9.4dB",
            "alimiter=level=false:limit=0.8414:attack=5:release=50",
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

    [Test]
    public void HDR_is_mapped_when_it_is_small_but_before_anything_is_laid_over_it()
    {
        var hdr = Media(Conforming with { Width = 3840, Height = 2160, ColorTransfer = "arib-std-b67" }, null);
        var whole = TransformPlan.Of(hdr, null, Profile).Filters.ToList();
        var framed = TransformPlan.Of(hdr, null, TransformProfiles.Shipped.Find("shorts-9x16")!).Filters.ToList();

        Assert.That(whole, Is.EqualTo(new[]
        {
            "scale=1920:1080:flags=lanczos",
            "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc",
            "zscale=t=linear:npl=100",
            "format=gbrpf32le",
            "zscale=p=bt709",
            "tonemap=tonemap=hable:desat=0",
            "zscale=t=bt709:m=bt709:r=tv",
            "setsar=1",
            "format=yuv420p",
        }));
        Assert.That(framed.FindIndex(filter => filter.StartsWith("tonemap", StringComparison.Ordinal)), Is.LessThan(framed.FindIndex(filter => filter.Contains("overlay", StringComparison.Ordinal))));
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

        Assert.That(PictureFrame.Of(track, Profile), Is.EqualTo(new PictureFrame(new(toWidth, toHeight), new(toWidth, toHeight))));
    }

    [TestCase("youtube-1080p")]
    [TestCase("default")]
    [TestCase("Default")]
    public void Profiles_are_found(string name) => Assert.That(TransformProfiles.Shipped.Find(name)?.Name, Is.EqualTo("youtube-1080p"));

    [Test]
    public void Other_profiles_are_not() => Assert.That(TransformProfiles.Shipped.Find("betamax"), Is.Null);

    private static MediaInfo Media(VideoTrack? video, AudioTrack? audio) =>
        new("mov,mp4,m4a,3gp,3g2,mj2", TimeSpan.FromSeconds(10), TimeSpan.Zero, video, audio);
}
