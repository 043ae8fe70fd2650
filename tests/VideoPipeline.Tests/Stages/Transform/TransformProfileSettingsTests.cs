using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class TransformProfileSettingsTests
{
    private static readonly string[] ShippedNames = ["youtube-1080p", "youtube-2160p", "shorts-9x16", "archive-copy", "audio-podcast", "default"];

    [Test]
    public void Some_are_shipped() => Assert.That(TransformProfiles.Shipped.Names, Is.EqualTo(ShippedNames));

    [TestCaseSource(nameof(ShippedNames))]
    public void What_is_shipped_is_allowed(string name) =>
        Assert.That(Read(($"copy:Extends", name)).Find("copy"), Is.EqualTo(TransformProfiles.Shipped.Find(name)! with { Name = "copy" }));

    [Test]
    public void A_profile_differs_from_what_it_extends_in_what_is_set()
    {
        var profiles = Read(("clips:Extends", "shorts-9x16"), ("clips:Crf", "28"), ("clips:framing", "crop"), ("clips:Loudness", ""), ("clips:MaxFrameRate", "29.97"));

        Assert.That(profiles.Find("Clips"), Is.EqualTo(TransformProfiles.Shipped.Find("shorts-9x16")! with
        {
            Name = "clips",
            Crf = 28,
            Framing = Framing.Crop,
            Loudness = null,
            MaxFrameRate = 29.97,
        }));
        Assert.That(profiles.Names, Is.EqualTo(ShippedNames.Append("clips")));
    }

    [Test]
    public void One_that_says_nothing_of_it_extends_youtube_1080p() =>
        Assert.That(Read(("mine:Crf", "18")).Find("mine"), Is.EqualTo(TransformProfiles.Shipped.Find("youtube-1080p")! with { Name = "mine", Crf = 18 }));

    [Test]
    public void A_shipped_one_can_be_changed()
    {
        var profiles = Read(("youtube-1080p:Crf", "18"), ("archive-copy:Thumbnail", "false"));

        Assert.Multiple(() =>
        {
            Assert.That(profiles.Find("youtube-1080p")!.Crf, Is.EqualTo(18));
            Assert.That(profiles.Find("default")!.Crf, Is.EqualTo(18), "the same under another name");
            Assert.That(profiles.Find("archive-copy"), Is.EqualTo(TransformProfiles.Shipped.Find("archive-copy")! with { Thumbnail = false }));
            Assert.That(TransformProfiles.Shipped.Find("youtube-1080p")!.Crf, Is.EqualTo(20), "what is shipped stays");
        });
    }

    [TestCase("Container", "avi", "must be one of Mp4, Mkv, M4a, Source, but is 'avi'")]
    [TestCase("Container", "9", "must be one of Mp4, Mkv, M4a, Source, but is '9'")]
    [TestCase("Crf", "52", "must be from 0 to 51, but is '52'")]
    [TestCase("Crf", "x", "must be a whole number, but is 'x'")]
    [TestCase("Preset", "placebo", "must be one of ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, but is 'placebo'")]
    [TestCase("Preset", "fast -y /etc/passwd", "must be one of ultrafast")]
    [TestCase("PixelFormat", "rgb24", "must be one of yuv420p, yuv420p10le, but is 'rgb24'")]
    [TestCase("PixelFormat", "yuv420p10le", "must be yuv420p for the VideoCodec H264")]
    [TestCase("Aspect", "wide", "must be width:height from 1:4 to 4:1, such as 9:16, or empty, but is 'wide'")]
    [TestCase("Aspect", "1:5", "must be width:height from 1:4 to 4:1")]
    [TestCase("MaxShortSide", "2000", "must be at most MaxLongSide, 1920, but is '2000'")]
    [TestCase("MaxLongSide", "9000", "must be from 16 to 8192, but is '9000'")]
    [TestCase("MaxFrameRate", "0", "must be from 1 to 240, but is '0'")]
    [TestCase("SampleRate", "96000", "must be one of 44100, 48000, but is '96000'")]
    [TestCase("MaxChannels", "3", "must be one of 1, 2, 6, but is '3'")]
    [TestCase("Loudness", "14", "must be from -40 to -5, but is '14'")]
    [TestCase("Thumbnail", "maybe", "must be true or false, but is 'maybe'")]
    [TestCase("Extends", "betamax", "must be one of youtube-1080p, youtube-2160p, shorts-9x16, archive-copy, audio-podcast, default, but is 'betamax'")]
    [TestCase("Cfr", "20", "is no setting of a profile: must be one of Extends, Container, ")]
    [TestCase("Name", "other", "is no setting of a profile")]
    [TestCase("Trim", "5", "must be a group of settings, but is '5'")]
    [TestCase("Trim:Start", "soon", "must be a duration such as 00:00:30, but is 'soon'")]
    [TestCase("Trim:Start", "-00:00:01", "must be from 00:00:00 to 1.00:00:00, but is '-00:00:01'")]
    [TestCase("Trim:MaxDuration", "00:00:00", "must be from 00:00:01 to 1.00:00:00, but is '00:00:00'")]
    [TestCase("Trim:Begin", "00:00:01", "is no setting of Trim: must be one of Start, End, MaxDuration")]
    [TestCase("Fade:PictureOut", "00:02:00", "must be from 00:00:00 to 00:01:00, but is '00:02:00'")]
    [TestCase("Watermark:File", "/nowhere/mark.png", "must be a file that can be read, but '/nowhere/mark.png' is not: ")]
    [TestCase("Watermark:Position", "Left", "must be one of BottomRight, BottomLeft, TopRight, TopLeft, Center, but is 'Left'")]
    [TestCase("Watermark:Size", "2", "must be from 0.01 to 1, but is '2'")]
    [TestCase("Watermark:Opacity", "0", "must be from 0.01 to 1, but is '0'")]
    [TestCase("Intro", "/nowhere/intro.mp4", "must be a file that can be read, but '/nowhere/intro.mp4' is not: ")]
    [TestCase("Outro", "/tmp", "must be a file that can be read, but '/tmp' is not: ")]
    [TestCase("Outro", "a\"b", "must be a path without quotes, backslashes and line breaks")]
    [TestCase("Subtitles", "Show", "must be one of Drop, Keep, Burn, but is 'Show'")]
    [TestCase("Encoder", "Amf", "must be one of Software, Auto, Nvenc, Qsv, Vaapi, VideoToolbox, but is 'Amf'")]
    [TestCase("MinSsim", "0.1", "must be from 0.5 to 1, but is '0.1'")]
    public void What_is_wrong_is_named_with_what_is_allowed(string setting, string value, string allowed) =>
        Assert.That(Failures(($"mine:{setting}", value)), Is.EqualTo(new[] { $"VideoPipeline:Profiles:mine:{setting} {allowed}" }).Using<string>((one, other) => one.StartsWith(other, StringComparison.Ordinal)));

    [Test]
    public void Everything_that_is_wrong_is_named_at_once() =>
        Assert.That(Failures(("one:Crf", "99"), ("two:Crfs", "1"), ("a b:Crf", "20"), ("flat", "x")), Has.Exactly(4).Items);

    [Test]
    public void A_watermark_is_an_image()
    {
        var text = Path.GetTempFileName();
        try
        {
            File.WriteAllText(text, "<svg/>");

            Assert.That(
                Failures(("mine:Watermark:File", text)), Is.EqualTo(new[] { $"VideoPipeline:Profiles:mine:Watermark:File must be a PNG, JPEG or WebP image, but '{text}' is none." }));
        }
        finally
        {
            File.Delete(text);
        }
    }

    [Test]
    public void Groups_are_read() => Assert.That(
        Read(("mine:Trim:start", "00:00:02"), ("mine:Trim:MaxDuration", "00:01:00"), ("mine:Fade:SoundOut", "00:00:00.5"), ("mine:MinSsim", "0.9")).Find("mine"),
        Is.EqualTo(TransformProfiles.Shipped.Find("youtube-1080p")! with
        {
            Name = "mine",
            Trim = new() { Start = TimeSpan.FromSeconds(2), MaxDuration = TimeSpan.FromMinutes(1) },
            Fade = new() { SoundOut = TimeSpan.FromSeconds(0.5) },
            MinSsim = 0.9,
        }));

    [TestCase("Trim:Start", "00:00:01", "Trim")]
    [TestCase("Fade:SoundIn", "00:00:01", "Fade")]
    [TestCase("Subtitles", "Keep", "Subtitles")]
    [TestCase("MinSsim", "0.9", "MinSsim")]
    public void Nothing_is_done_to_a_file_that_is_taken_as_it_came(string setting, string value, string named) => Assert.That(
        Failures(("archive-copy:" + setting, value)).Single(), Is.EqualTo($"VideoPipeline:Profiles:archive-copy:{named} must not be set for the container Source, which takes the file as it came."));

    [TestCase("Container", "M4a", "AudioCodec")]
    [TestCase("SampleRate", "44100", "SampleRate")]
    [TestCase("MaxChannels", "6", "MaxChannels")]
    public void Opus_is_not_for_everything(string setting, string value, string named) =>
        Assert.That(Failures(("mine:AudioCodec", "Opus"), ($"mine:{setting}", value)).Single(), Does.StartWith($"VideoPipeline:Profiles:mine:{named} must be "));

    private static TransformProfiles Read(params (string Key, string Value)[] settings)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"VideoPipeline:Profiles:{setting.Key}", (string?)setting.Value)))
            .Build()
            .GetSection("VideoPipeline:Profiles");
        var options = new TransformProfileOptions();
        new TransformProfileSettings(section).Configure(options);
        return new(options.Profiles);
    }

    private static IEnumerable<string> Failures(params (string Key, string Value)[] settings) =>
        Assert.Throws<OptionsValidationException>(() => Read(settings))!.Failures;
}
