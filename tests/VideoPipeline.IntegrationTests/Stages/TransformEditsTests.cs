using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>What a profile does to a video besides its shape, on real ffmpeg, seen and heard in what comes out.</summary>
[Category(TestCategories.Heavy)]
public sealed class TransformEditsTests
{
    // Black and white as they are stored.
    private const double Black = 16;
    private const double White = 235;

    private const string Fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private const string Tone = "-f lavfi -i sine=frequency=440:sample_rate=48000";
    private const string Subtitles = "1\n00:00:00,500 --> 00:00:01,500\nEarly\n\n2\n00:00:02,000 --> 00:00:02,900\nIIIIIIIIIIIIIIIIIIIIIIII\n\n";

    private string _files = null!;
    private StageBench _bench = null!;
    private int _channels;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _files = Directory.CreateTempSubdirectory("vp-edits-").FullName;
        var mark = await TestMedia.MakeAsync(_files, "mark.png", "-f lavfi -i color=white:size=64x32 -frames:v 1");

        // Another size, shape and rate than everything else; white, without sound.
        var white = await TestMedia.MakeAsync(_files, "white.mp4", $"-f lavfi -i color=white:size=120x120:rate=50:duration=1 {Fast}");

        // Its sound goes on when its picture is over, which must not push the rest out of step.
        var loud = await TestMedia.MakeAsync(_files, "loud.mkv", $"-f lavfi -i color=white:size=160x90:rate=25:duration=1 {Tone} -t 1.5 {Fast} -ac 1 -ar 44100 -c:a flac");
        var jingle = await TestMedia.MakeAsync(_files, "jingle.m4a", $"{Tone} -t 1 -c:a aac");
        _bench = await StageBench.StartAsync(
            ("Profiles:cut:Trim:Start", "00:00:00.6"),
            ("Profiles:cut:Trim:End", "00:00:00.4"),
            ("Profiles:short:Trim:MaxDuration", "00:00:01"),
            ("Profiles:long-cut:Trim:Start", "00:01:00"),
            ("Profiles:faded:Fade:PictureIn", "00:00:00.5"),
            ("Profiles:faded:Fade:PictureOut", "00:00:00.5"),
            ("Profiles:faded:Fade:SoundIn", "00:00:00.5"),
            ("Profiles:faded:Fade:SoundOut", "00:00:00.5"),
            ("Profiles:faded:Loudness", ""),
            ("Profiles:sound-faded:Fade:SoundOut", "00:00:00.5"),
            ("Profiles:corner:Watermark:File", mark),
            ("Profiles:corner:Watermark:Size", "0.25"),
            ("Profiles:corner:Watermark:Margin", "0"),
            ("Profiles:pale:Extends", "shorts-9x16"),
            ("Profiles:pale:Watermark:File", mark),
            ("Profiles:pale:Watermark:Position", "TopLeft"),
            ("Profiles:pale:Watermark:Opacity", "0.5"),
            ("Profiles:pale:Watermark:Size", "0.25"),
            ("Profiles:pale:Watermark:Margin", "0"),
            ("Profiles:framed:Intro", white),
            ("Profiles:framed:Outro", white),
            ("Profiles:framed:Watermark:File", mark),
            ("Profiles:blurred:Intro", white),
            ("Profiles:blurred:Outro", loud),
            ("Profiles:blurred:Extends", "shorts-9x16"),
            ("Profiles:opened:Intro", loud),
            ("Profiles:opened:Subtitles", "Keep"),
            ("Profiles:opened:Trim:Start", "00:00:01"),
            ("Profiles:jingled:Extends", "audio-podcast"),
            ("Profiles:jingled:Intro", jingle),
            ("Profiles:dumb:Intro", jingle),
            ("Profiles:kept:Subtitles", "Keep"),
            ("Profiles:kept-mkv:Subtitles", "Keep"),
            ("Profiles:kept-mkv:Container", "Mkv"),
            ("Profiles:burnt:Subtitles", "Burn"),
            ("Profiles:similar:MinSsim", "0.9"),
            ("Profiles:similar:MaxShortSide", "90"),
            ("Profiles:similar:MaxLongSide", "160"),
            ("Profiles:similar:MaxFrameRate", "12.5"),
            ("Profiles:similar:Trim:Start", "00:00:00.3"),
            ("Profiles:similar:Intro", white),
            ("Profiles:dissimilar:MinSsim", "0.99"),
            ("Profiles:dissimilar:Crf", "51"),
            ("Profiles:dissimilar:MaxShortSide", "90"),
            ("Profiles:dissimilar:MaxLongSide", "160"));
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _bench.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    [TestCase("cut", 2, 0.6)]
    [TestCase("short", 1, 0)]
    public async Task A_cut_is_exact(string profile, double seconds, double start)
    {
        // It gets brighter by 60 a second, and its only key frame is the first, so that a copy could not begin anywhere else.
        var clip = await TestMedia.MakeAsync(_files, $"ramp-{profile}.mp4",
            $"-f lavfi -i color=black:size=64x64:rate=25:duration=3 {Tone} -t 3 -vf geq=lum='20+60*T':cb=128:cr=128 {Fast} -g 1000 -c:a aac");

        var (result, path) = await TransformAsync(clip, profile);

        Assert.That(Treatment(result), Is.EqualTo("encoded encoded"));
        Assert.That(await TestMedia.DurationAsync(path), Is.EqualTo(seconds).Within(0.05));
        var brightness = await BrightnessAsync(path);
        Assert.That(brightness[0], Is.EqualTo(20 + (60 * start)).Within(2.5));
        Assert.That(brightness[^1], Is.EqualTo(20 + (60 * (start + seconds - 0.04))).Within(2.5));
        Assert.That(brightness, Has.Count.EqualTo(seconds * 25));
    }

    [Test]
    public async Task A_cut_that_leaves_nothing_is_refused()
    {
        var clip = await TestMedia.MakeAsync(_files, "brief.mp4", $"-f lavfi -i color=black:size=64x64:rate=25:duration=1 {Fast}");

        Assert.That(
            async () => await TransformAsync(clip, "long-cut"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.EqualTo("A talk lasts 1 s, and of that the profile long-cut cuts off 60 s: nothing would be left."));
    }

    [Test]
    public async Task Picture_and_sound_fade_in_and_out()
    {
        var clip = await TestMedia.MakeAsync(_files, "bright.mp4", $"-f lavfi -i color=white:size=64x64:rate=25:duration=2 {Tone} -t 2 {Fast} -c:a aac");

        var (result, path) = await TransformAsync(clip, "faded");

        Assert.That(Treatment(result), Is.EqualTo("encoded encoded"));
        var brightness = await BrightnessAsync(path);
        Assert.Multiple(() =>
        {
            Assert.That(brightness[0], Is.EqualTo(Black).Within(3));
            Assert.That(brightness[6], Is.EqualTo((Black + White) / 2).Within(20));
            Assert.That(brightness[25], Is.EqualTo(White).Within(2));
            Assert.That(brightness[^1], Is.LessThan(40));
        });
        var middle = await VolumeAsync(path, 0.8, 0.4);
        Assert.That(await VolumeAsync(path, 0, 0.1), Is.LessThan(middle - 10));
        Assert.That(await VolumeAsync(path, 1.9, 0.1), Is.LessThan(middle - 10));
    }

    [Test]
    public async Task Only_the_stream_that_is_touched_is_encoded()
    {
        var clip = await TestMedia.MakeAsync(_files, "untouched.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 {Tone} -t 1 -af volume=6.8dB {Fast} -c:a aac -ac 2");

        Assert.That(Treatment((await TransformAsync(clip, "sound-faded")).Result), Is.EqualTo("copied encoded"));
        Assert.That(Treatment((await TransformAsync(clip, "corner")).Result), Is.EqualTo("encoded copied"));
        Assert.That(Treatment((await TransformAsync(clip, "burnt")).Result), Is.EqualTo("copied copied"), "there is nothing to burn in");
    }

    [TestCase("corner", 120, 80, 40, 10, White)]
    [TestCase("corner", 60, 40, 40, 20, 126)]
    [TestCase("pale", 0, 0, 20, 8, 180)]
    public async Task A_watermark_lies_where_it_should(string profile, int x, int y, int width, int height, double brightness)
    {
        var clip = await TestMedia.MakeAsync(_files, $"grey-{profile}{x}.mp4", $"-f lavfi -i color=gray:size=160x90:rate=25:duration=0.5 {Fast}");

        var (_, path) = await TransformAsync(clip, profile);

        Assert.That(await BrightnessAsync(path, $"crop={width}:{height}:{x}:{y},"), Has.All.EqualTo(brightness).Within(6), "to the last frame");
    }

    [TestCase("framed", "160x90", 1)]
    [TestCase("blurred", "160x284", 1.0)]
    public async Task What_goes_before_and_after_keeps_in_step(string profile, string size, double intro)
    {
        // Black and loud between white ones; at a rate that differs from theirs.
        var clip = await TestMedia.MakeAsync(_files, $"between-{profile}.mp4", $"-f lavfi -i color=black:size=160x90:rate=25:duration=2 {Tone} -t 2 {Fast} -c:a aac");

        var (result, path) = await TransformAsync(clip, profile);

        var output = await ProbeAsync(path);
        var brightness = await BrightnessAsync(path, "crop=iw/4:ih/4,");
        Assert.Multiple(() =>
        {
            Assert.That($"{output.Video!.Width}x{output.Video.Height}", Is.EqualTo(size));
            Assert.That(output.Duration!.Value.TotalSeconds, Is.EqualTo(4).Within(0.1));
            Assert.That(result.GetProperty("durationSeconds").GetDouble(), Is.EqualTo(4).Within(0.1));
            Assert.That(brightness, Has.Count.EqualTo(100).Within(2), "at 25 frames a second");
            Assert.That(brightness[12], Is.EqualTo(White).Within(3));
            Assert.That(brightness[23], Is.EqualTo(White).Within(3));
            Assert.That(brightness[27], Is.EqualTo(Black).Within(3));
            Assert.That(brightness[72], Is.EqualTo(Black).Within(3));
            Assert.That(brightness[77], Is.EqualTo(White).Within(3));
        });
        Assert.That(await VolumeAsync(path, 0, intro - 0.05), Is.LessThan(-60), "silence before");
        Assert.That(await VolumeAsync(path, intro + 0.05, 1.9), Is.GreaterThan(-30));
        Assert.That(await VolumeAsync(path, 3.05, 0.9), profile == "framed" ? Is.LessThan(-60) : Is.GreaterThan(-30));
        await TestMedia.AssertPlayableAsync(path);
    }

    [Test]
    public async Task A_silent_video_keeps_in_step_with_what_goes_before()
    {
        var clip = await WithSubtitlesAsync("dumb.mkv", $"-f lavfi -i color=black:size=160x90:rate=25:duration=3 {Fast}");

        var (result, path) = await TransformAsync(clip, "opened");

        Assert.That(Treatment(result), Is.EqualTo("encoded encoded"));
        var brightness = await BrightnessAsync(path, "crop=iw/2:ih/2,");
        Assert.That((brightness[23], brightness[27]), Is.EqualTo((White, Black)).Using<(double One, double Other)>((one, other) => Math.Abs(one.One - other.One) < 3 && Math.Abs(one.Other - other.Other) < 3));
        Assert.That(await VolumeAsync(path, 0.1, 0.8), Is.GreaterThan(-30));
        Assert.That(await VolumeAsync(path, 1.1, 1.8), Is.LessThan(-60));

        // A second is cut off, and a second put before it.
        Assert.That(await SubtitleTimesAsync(path), Does.Match("00:00:02,00. --> 00:00:02,90."));
    }

    [Test]
    public async Task Sound_alone_has_an_intro_too()
    {
        var clip = await TestMedia.MakeAsync(_files, "spoken.mp4", "-f lavfi -i sine=frequency=300:duration=2:sample_rate=44100 -af volume=-20dB -ac 2 -c:a aac");

        var (_, path) = await TransformAsync(clip, "jingled");

        Assert.That(await TestMedia.DurationAsync(path), Is.EqualTo(3).Within(0.1));
        Assert.That(await VolumeAsync(path, 0.1, 0.8), Is.EqualTo(await VolumeAsync(path, 1.2, 1.6)).Within(1.5), "as loud as the rest");
    }

    [Test]
    public async Task An_intro_without_a_picture_is_refused()
    {
        var clip = await TestMedia.MakeAsync(_files, "any.mp4", $"-f lavfi -i color=black:size=64x64:rate=25:duration=1 {Fast}");

        Assert.That(
            async () => await TransformAsync(clip, "dumb"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("jingle.m4a, has no picture. Name another file"));
    }

    [TestCase("kept", "mov_text")]
    [TestCase("kept-mkv", "subrip")]
    public async Task Subtitles_are_kept_as_the_container_has_them(string profile, string codec)
    {
        var clip = await WithSubtitlesAsync($"{profile}.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=3 {Fast}");

        var (result, path) = await TransformAsync(clip, profile);

        Assert.That(Treatment(result), Is.EqualTo("copied none"));
        var output = await ProbeAsync(path);
        Assert.That(output.Subtitles.Select(track => track.Codec), Is.EqualTo(new[] { codec }));
        Assert.That(await SubtitleTimesAsync(path), Does.Contain("00:00:00,500 --> 00:00:01,500").And.Contain("00:00:02,000 --> 00:00:02,900"));
    }

    [TestCase("short", "mkv", 1)]
    [TestCase("short", "mp4", 1)]
    [TestCase("sound-faded", "mkv", 3)]
    [TestCase("kept", "mkv", 3)]
    [TestCase("framed", "mp4", 4)]
    [TestCase("youtube-1080p", "mkv", 3)]
    [TestCase("archive-copy", "mkv", 20)]
    public async Task Sound_and_subtitles_may_go_on_when_the_picture_is_over(string profile, string container, double seconds)
    {
        // Two seconds of picture and three of sound; a line of text is shown for longer than both.
        var text = Path.Combine(_files, $"long-{profile}-{container}.srt");
        await File.WriteAllTextAsync(text, "1\n00:00:00,500 --> 00:00:20,000\nLong\n\n");
        var clip = await TestMedia.MakeAsync(
            _files,
            $"uneven-{profile}.{container}",
            $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=2 {Tone} -i \"{text}\" -map 0 -map 1 -map 2 -t 20 -af atrim=end=3 {Fast} -c:a aac -c:s {(container == "mp4" ? "mov_text" : "srt")}");

        var (_, path) = await TransformAsync(clip, profile);

        var output = await ProbeAsync(path);
        Assert.That((output.Subtitles.Count == 0 ? output.Duration : output.Video!.Duration ?? output.Duration)!.Value.TotalSeconds, Is.EqualTo(profile == "kept" ? 2 : seconds).Within(0.1));
    }

    [TestCase("short", "mkv")]
    [TestCase("short", "mp4")]
    [TestCase("youtube-1080p", "mkv")]
    public async Task What_has_lost_its_end_is_refused(string profile, string container)
    {
        var whole = await TestMedia.MakeAsync(
            _files, $"whole-{profile}.{container}", $"-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 {Tone} -t 4 {Fast} -c:a aac{(container == "mp4" ? " -movflags +faststart" : "")}");
        var cut = Path.Combine(_files, $"cut-{profile}.{container}");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(whole))[..^(int)(new FileInfo(whole).Length / 3)]);

        Assert.That(
            async () => await TransformAsync(cut, profile), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("the source is cut off"));
    }

    [Test]
    public async Task Subtitles_are_burnt_in_when_they_are_due()
    {
        var clip = await WithSubtitlesAsync("burnt.mkv", $"-f lavfi -i color=black:size=320x180:rate=25:duration=3 {Fast}");

        var (result, path) = await TransformAsync(clip, "burnt");

        Assert.That(Treatment(result), Is.EqualTo("encoded none"));
        Assert.That((await ProbeAsync(path)).Subtitles, Is.Empty);
        var brightness = await BrightnessAsync(path, "crop=iw:ih/4:0:ih*3/4,");
        Assert.Multiple(() =>
        {
            Assert.That(brightness[5], Is.EqualTo(Black).Within(0.1));
            Assert.That(brightness[25], Is.GreaterThan(Black + 0.3));
            Assert.That(brightness[42], Is.EqualTo(Black).Within(0.1));
            Assert.That(brightness[60], Is.GreaterThan(Black + 0.3));
        });
    }

    [Test]
    public async Task An_output_is_compared_with_what_was_encoded()
    {
        var clip = await TestMedia.MakeAsync(_files, "detail.mp4", $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 {Fast}");

        var (result, path) = await TransformAsync(clip, "similar");

        Assert.That(result.GetProperty("ssim").GetDouble(), Is.InRange(0.95, 1));
        Assert.That(result.GetProperty("encoder").GetString(), Is.EqualTo("libx264"));
        Assert.That(await TestMedia.DurationAsync(path), Is.EqualTo(2.7).Within(0.1));
        Assert.That(
            async () => await TransformAsync(clip, "dissimilar"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("an SSIM of 0.").And.Message.Contains("instead of at least 0.99. Give the profile a lower Crf"));
    }

    private async Task<string> WithSubtitlesAsync(string name, string arguments)
    {
        var text = Path.Combine(_files, $"{name}.srt");
        await File.WriteAllTextAsync(text, Subtitles);
        var picture = await TestMedia.MakeAsync(_files, $"picture-{name}", arguments);
        return await TestMedia.MakeAsync(_files, name, $"-i \"{picture}\" -i \"{text}\" -map 0 -map 1 -c copy -c:s srt");
    }

    private async Task<(JsonElement Result, string Path)> TransformAsync(string file, string profile)
    {
        // The same file may come more than once.
        var source = Path.Combine(_files, $"{++_channels}-{Path.GetFileName(file)}");
        File.Copy(file, source);
        var video = await _bench.TransformedAsync(source, change: channel => (channel.Profile, channel.Name) = (profile, $"Channel {_channels}"));
        await using var db = _bench.Database();
        var output = await db.Artifacts.SingleAsync(a => a.VideoId == video.Id && a.Kind == ArtifactKind.Output);
        var job = await db.Jobs.SingleAsync(j => j.VideoId == video.Id && j.JobType == JobType.Transform);
        return (JsonDocument.Parse(job.Result!).RootElement, _bench.Store.LocalPath(output.Key));
    }

    private static string Treatment(JsonElement result) => $"{result.GetProperty("video").GetString()} {result.GetProperty("audio").GetString()}";

    private Task<MediaInfo> ProbeAsync(string path) => _bench.Get<MediaProbe>().ProbeAsync(path, "The output", CancellationToken.None);

    /// <summary>Of each frame: the average of its stored luma.</summary>
    private static async Task<List<double>> BrightnessAsync(string path, string before = "")
    {
        var (exitCode, output, errors) = await TestMedia.RunAsync(
            "ffmpeg", $"-v error -i \"{path}\" -map 0:v -vf \"{before}signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-\" -f null -");
        Assert.That(exitCode, Is.Zero, errors);
        return [.. output.Split('\n').Where(line => line.Contains("YAVG=", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture))];
    }

    /// <summary>In dB of full scale.</summary>
    private static async Task<double> VolumeAsync(string path, double from, double seconds)
    {
        var (_, _, log) = await TestMedia.RunAsync(
            "ffmpeg", FormattableString.Invariant($"-nostats -ss {from} -t {seconds} -i \"{path}\" -map 0:a -af volumedetect -f null -"));
        const string Label = "mean_volume: ";
        var value = log[(log.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..];
        return double.Parse(value[..value.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    private static async Task<string> SubtitleTimesAsync(string path)
    {
        var (exitCode, output, errors) = await TestMedia.RunAsync("ffmpeg", $"-v error -i \"{path}\" -map 0:s:0 -c:s srt -f srt -");
        Assert.That(exitCode, Is.Zero, errors);
        return output;
    }
}
