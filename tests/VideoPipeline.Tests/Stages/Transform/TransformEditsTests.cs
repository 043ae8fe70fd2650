using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class TransformEditsTests
{
    private static readonly TransformProfile Profile = TransformProfiles.Shipped.Find("youtube-1080p")!;

    private static readonly VideoTrack Picture = new()
    {
        Codec = "h264",
        Profile = "High",
        Width = 1280,
        Height = 720,
        AverageFrameRate = 25,
        BaseFrameRate = 25,
        PixelFormat = "yuv420p",
    };

    private static readonly AudioTrack Sound = new() { Index = 1, Codec = "aac", Profile = "LC", Channels = 2, SampleRate = 48_000 };

    private static readonly Loudness AtTarget = new(-14, -2, 5, -24);

    // Seconds: of the video, cut off at the start and the end, at most; what is kept, from where and for how long.
    [TestCase(10, 0, 0, null, 0.0, null)]
    [TestCase(10, 2, 0, null, 2.0, null)]
    [TestCase(10, 2, 3, null, 2.0, 5.0)]
    [TestCase(10, 2, 3, 4.0, 2.0, 4.0)]
    [TestCase(10, 2, 3, 60.0, 2.0, 5.0)]
    [TestCase(10, 0, 0, 60.0, 0.0, null)]
    [TestCase(10, 6, 4, null, null, null)]
    [TestCase(10, 60, 0, null, null, null)]
    public void A_cut_follows_from_the_length(double length, double start, double end, double? most, double? from, double? kept)
    {
        var trim = new Trim { Start = TimeSpan.FromSeconds(start), End = TimeSpan.FromSeconds(end), MaxDuration = most is { } m ? TimeSpan.FromSeconds(m) : null };

        var cut = trim.Of(TimeSpan.FromSeconds(length));

        Assert.That((cut?.Start.TotalSeconds, cut?.Length?.TotalSeconds), Is.EqualTo((from, kept)));
    }

    [TestCase(0, null, "")]
    [TestCase(1.5, null, "-ss 1.5")]
    [TestCase(0, 2.25, "-t 2.25")]
    [TestCase(1.5, 2.25, "-ss 1.5 -t 2.25")]
    public void A_cut_is_made_before_the_input(double start, double? length, string arguments) =>
        Assert.That(new Cut(TimeSpan.FromSeconds(start), length is { } l ? TimeSpan.FromSeconds(l) : null).Arguments.Trim(), Is.EqualTo(arguments));

    [TestCase(1, 2, 10, "fade=t=in:st=0:d=1|fade=t=out:st=8:d=2")]
    [TestCase(1, 0, 10, "fade=t=in:st=0:d=1")]
    [TestCase(0, 2, 10, "fade=t=out:st=8:d=2")]
    [TestCase(0, 0, 10, "")]
    [TestCase(3, 1, 2, "fade=t=in:st=0:d=1.5|fade=t=out:st=1.5:d=0.5")] // too short for both
    public void Fades_fit_the_length(double fadeIn, double fadeOut, double length, string filters) => Assert.That(
        string.Join('|', new Fade { PictureIn = TimeSpan.FromSeconds(fadeIn), PictureOut = TimeSpan.FromSeconds(fadeOut) }.PictureFilters(TimeSpan.FromSeconds(length))),
        Is.EqualTo(filters));

    [Test]
    public void Without_a_fade_out_the_length_does_not_matter() => Assert.That(
        new Fade { SoundIn = TimeSpan.FromSeconds(2) }.SoundFilters(null), Is.EqualTo(new[] { "afade=t=in:st=0:d=2" }));

    [TestCase(WatermarkPosition.TopLeft, "x=32:y=32")]
    [TestCase(WatermarkPosition.TopRight, "x=main_w-overlay_w-32:y=32")]
    [TestCase(WatermarkPosition.BottomLeft, "x=32:y=main_h-overlay_h-32")]
    [TestCase(WatermarkPosition.BottomRight, "x=main_w-overlay_w-32:y=main_h-overlay_h-32")]
    [TestCase(WatermarkPosition.Center, "x=(main_w-overlay_w)/2:y=(main_h-overlay_h)/2")]
    public void A_watermark_is_as_large_and_as_far_from_the_edge_as_the_picture_says(WatermarkPosition position, string place)
    {
        var filter = new Watermark { Position = position, Opacity = 0.5 }.Filter(new(1920, 1080), input: 1, "yuv420");

        Assert.That(filter, Does.Contain("[1:v]format=rgba,scale=288:1016:force_original_aspect_ratio=decrease").And.Contain("aa=0.5").And.Contain(place));
    }

    private static IEnumerable<TestCaseData<TransformEdits, string>> Touching()
    {
        var clip = new InsertedClip("/intro.mp4", Media(Picture, Sound), TimeSpan.FromSeconds(3));
        yield return Case("nothing", TransformEdits.None, "copied copied");
        yield return Case("start", new() { Cut = new(TimeSpan.FromSeconds(1), null) }, "encoded encoded");
        yield return Case("end", new() { Cut = new(TimeSpan.Zero, TimeSpan.FromSeconds(5)) }, "encoded encoded");
        yield return Case("picture's fade", new() { Fade = new() { PictureIn = TimeSpan.FromSeconds(1) } }, "encoded copied");
        yield return Case("sound's fade", new() { Fade = new() { SoundIn = TimeSpan.FromSeconds(1) } }, "copied encoded");
        yield return Case("watermark", new() { Watermark = new() { File = "/mark.png" } }, "encoded copied");
        yield return Case("subtitles", new() { BurntSubtitles = "/subtitles.ass" }, "encoded copied");
        yield return Case("intro", new() { Intro = clip }, "encoded encoded");
        yield return Case("outro", new() { Outro = clip }, "encoded encoded");

        static TestCaseData<TransformEdits, string> Case(string name, TransformEdits edits, string plan) =>
            new TestCaseData<TransformEdits, string>(edits, plan).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Touching))]
    public void Exactly_the_streams_that_are_touched_are_encoded(TransformEdits edits, string expected)
    {
        var plan = TransformPlan.Of(Media(Picture, Sound), AtTarget, Profile, edits: edits);

        Assert.That($"{plan.Video} {plan.Audio}".ToLowerInvariant(), Is.EqualTo(expected));
    }

    [Test]
    public void A_silent_video_gets_sound_with_an_intro_that_has_some()
    {
        var intro = new InsertedClip("/intro.mp4", Media(Picture, Sound), TimeSpan.FromSeconds(3));

        Assert.That(TransformPlan.Of(Media(Picture, null), null, Profile, edits: new() { Intro = intro }).Audio, Is.EqualTo(StreamTreatment.Encoded));
        Assert.That(
            TransformPlan.Of(Media(Picture, null), null, Profile, edits: new() { Intro = intro with { Media = Media(Picture, null) } }).Audio, Is.EqualTo(StreamTreatment.None));
    }

    [Test]
    public void Things_are_drawn_from_the_back_to_the_front()
    {
        var plan = TransformPlan.Of(Media(Picture, null), null, Profile, edits: new()
        {
            Watermark = new() { File = "/mark.png" },
            BurntSubtitles = "/media/it's: [1].ass",
            Fade = new() { PictureIn = TimeSpan.FromSeconds(1) },
        });

        Assert.That(plan.Filters[1], Is.EqualTo(@"ass=filename=/media/it\\\'s\\: \[1\].ass"));
        Assert.That(plan.Filters.Select(filter => filter[..4]), Is.EqualTo(new[] { "scal", "ass=", "null", "fade", "sets", "form" }));
    }

    [Test]
    public void HDR_stays_only_where_nothing_is_mixed_with_it()
    {
        var deep = Profile with { VideoCodec = VideoCodec.H265, PixelFormat = "yuv420p10le" };
        var hdr = Media(Picture with { Codec = "hevc", Profile = "Main 10", PixelFormat = "yuv420p10le", BitDepth = 10, ColorTransfer = "smpte2084", Rotation = 90 }, null);

        Assert.That(TransformPlan.Of(hdr, null, deep).Filters, Has.None.StartsWith("tonemap"));
        Assert.That(TransformPlan.Of(hdr, null, deep, edits: new() { Watermark = new() { File = "/mark.png" } }).Filters, Has.Some.StartsWith("tonemap"));
    }

    [TestCase(0, 10)]
    [TestCase(3, 8)]
    public void Subtitles_are_kept_where_there_is_a_picture(int keptOfMp4, int index)
    {
        var tracks = new[] { new SubtitleTrack(index, "subrip"), new SubtitleTrack(index + 1, "ass"), new SubtitleTrack(index + 2, "mov_text") };
        var profile = Profile with { Subtitles = keptOfMp4 == 0 ? SubtitleTreatment.Drop : SubtitleTreatment.Keep };
        var media = Media(Picture, Sound) with { Subtitles = tracks };

        Assert.That(TransformPlan.Of(media, AtTarget, profile).Subtitles, Has.Count.EqualTo(keptOfMp4));
        Assert.That(TransformPlan.Of(media, AtTarget, profile with { Container = OutputContainer.M4a }).Subtitles, Is.Empty);
    }

    [TestCase(320, 180, 0, Framing.Pad, 1280, 720, 1280, 720)] // enlarged
    [TestCase(320, 320, 0, Framing.Pad, 1280, 720, 720, 720)]
    [TestCase(320, 320, 0, Framing.Crop, 1280, 720, 1280, 1280)]
    [TestCase(320, 320, 0, Framing.Blur, 1280, 720, 720, 720)]
    [TestCase(1920, 1080, 90, Framing.Pad, 1280, 720, 404, 720)]
    public void A_clip_fills_the_picture_of_the_output(int width, int height, int rotation, Framing framing, int toWidth, int toHeight, int pictureWidth, int pictureHeight) => Assert.That(
        PictureFrame.Into(Picture with { Width = width, Height = height, Rotation = rotation }, new(toWidth, toHeight), framing),
        Is.EqualTo(new PictureFrame(new(toWidth, toHeight), new(pictureWidth, pictureHeight))));

    [TestCase(25.0, 25.0, "progressive", 25)]
    [TestCase(29.97, 30.0, "progressive", 30)]
    [TestCase(18.0, 30.0, "progressive", 30)] // variable
    [TestCase(25.0, 50.0, "tt", 25)]
    [TestCase(29.5, 1000.0, "progressive", 29.5)]
    [TestCase(120.0, 120.0, "progressive", 60)]
    [TestCase(null, null, "progressive", 60)]
    [TestCase(0.1, 0.1, "progressive", 1)]
    public void Joined_files_have_one_rate(double? average, double? whole, string order, double rate) => Assert.That(
        FilterGraph.RateOf(Picture with { AverageFrameRate = average, BaseFrameRate = whole, FieldOrder = order }, Profile), Is.EqualTo(rate));

    [TestCase(EncoderChoice.Software, VideoCodec.H264, "libx264", "-preset veryfast -crf 20 -pix_fmt yuv420p -profile:v high")]
    [TestCase(EncoderChoice.Software, VideoCodec.H265, "libx265", "-preset veryfast -crf 20 -pix_fmt yuv420p10le -profile:v main10 -x265-params log-level=error")]
    [TestCase(EncoderChoice.Nvenc, VideoCodec.H264, "h264_nvenc", "-preset p5 -rc vbr -cq 20 -b:v 0 -pix_fmt yuv420p -profile:v high")]
    [TestCase(EncoderChoice.Nvenc, VideoCodec.H265, "hevc_nvenc", "-preset p5 -rc vbr -cq 20 -b:v 0 -pix_fmt p010le -profile:v main10")]
    [TestCase(EncoderChoice.Qsv, VideoCodec.H264, "h264_qsv", "-preset medium -global_quality 20 -pix_fmt nv12 -profile:v high")]
    [TestCase(EncoderChoice.Qsv, VideoCodec.H265, "hevc_qsv", "-preset medium -global_quality 20 -pix_fmt p010le -profile:v main10")]
    [TestCase(EncoderChoice.Vaapi, VideoCodec.H264, "h264_vaapi", "-rc_mode CQP -qp 20 -profile:v high")]
    [TestCase(EncoderChoice.Vaapi, VideoCodec.H265, "hevc_vaapi", "-rc_mode CQP -qp 20 -profile:v main10")]
    [TestCase(EncoderChoice.VideoToolbox, VideoCodec.H264, "h264_videotoolbox", "-q:v 65 -pix_fmt yuv420p -profile:v high")]
    [TestCase(EncoderChoice.VideoToolbox, VideoCodec.H265, "hevc_videotoolbox", "-q:v 65 -pix_fmt p010le -profile:v main10")]
    public void Encoders_get_what_they_understand(EncoderChoice choice, VideoCodec codec, string encoder, string arguments)
    {
        var profile = Profile with { VideoCodec = codec, PixelFormat = codec == VideoCodec.H265 ? "yuv420p10le" : "yuv420p" };
        var encoding = VideoEncoding.Of(choice, profile, "/dev/dri/renderD129");

        Assert.That((encoding.Encoder, encoding.Arguments), Is.EqualTo((encoder, arguments)));
        Assert.That(encoding.Device, Is.EqualTo(choice == EncoderChoice.Vaapi ? "-vaapi_device /dev/dri/renderD129" : ""));
        Assert.That(encoding.Filters, choice == EncoderChoice.Vaapi ? Has.Member("hwupload") : Is.Empty);
    }

    [Test]
    public void Reads_the_summary_of_the_ssim_filter() => Assert.That(
        Similarity.Parse(["[Parsed_ssim_5 @ 0x55] SSIM Y:0.976 (16.3) U:0.98 (18.2) V:0.98 (18.8) All:0.979345 (16.849609)", "done"]), Is.EqualTo(0.979345));

    [TestCase("no summary")]
    [TestCase("[Parsed_ssim_5 @ 0x55] SSIM Y:nan (nan) All:nan (nan)")]
    public void Without_a_comparison_there_is_no_similarity(string line) => Assert.That(Similarity.Parse([line]), Is.Null);

    [TestCase(0.95, true)]
    [TestCase(0.9, true)]
    [TestCase(0.899, false)]
    [TestCase(null, false)]
    public void Too_little_similarity_is_a_problem(double? ssim, bool enough) => Assert.That(OutputCheck.SimilarityProblem(ssim, 0.9), enough ? Is.Null : Does.StartWith("its picture has an SSIM of 0"));

    [TestCase(new byte[] { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13 }, "png_pipe")]
    [TestCase(new byte[] { 0xff, 0xd8, 0xff, 0xe0, 0, 0x10 }, "jpeg_pipe")]
    [TestCase(new byte[] { (byte)'R', (byte)'I', (byte)'F', (byte)'F', 1, 2, 3, 4, (byte)'W', (byte)'E', (byte)'B', (byte)'P' }, "webp_pipe")]
    [TestCase(new byte[] { (byte)'R', (byte)'I', (byte)'F', (byte)'F', 1, 2, 3, 4, (byte)'A', (byte)'V', (byte)'I', (byte)' ' }, null)]
    [TestCase(new byte[] { (byte)'<', (byte)'s', (byte)'v', (byte)'g' }, null)]
    [TestCase(new byte[0], null)]
    public void Images_are_known_by_how_they_begin(byte[] head, string? demuxer) => Assert.That(ImageFile.DemuxerOf(head), Is.EqualTo(demuxer));

    // The packets begin at their times, and the last lasts for a frame; what a header says counts where it is near.
    [TestCase(9.96, 10.0, 10)]
    [TestCase(9.96, null, 10)]
    [TestCase(9.96, 9.98, 9.98)]
    [TestCase(4.96, 10.0, 5)]
    public void The_length_of_a_picture_is_that_of_its_frames(double packets, double? said, double length) => Assert.That(
        EditsPreparation.LengthOf(
            Media(Picture with { Duration = said is { } s ? TimeSpan.FromSeconds(s) : null }, Sound), TimeSpan.FromSeconds(packets), picture: true).TotalSeconds,
        Is.EqualTo(length).Within(0.001));

    private static MediaInfo Media(VideoTrack? video, AudioTrack? audio) =>
        new("mov,mp4,m4a,3gp,3g2,mj2", TimeSpan.FromSeconds(10), TimeSpan.Zero, video, audio);
}
