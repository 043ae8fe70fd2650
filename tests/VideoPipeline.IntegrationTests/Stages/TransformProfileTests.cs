using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>Every profile on real ffmpeg, from the source file to the published one.</summary>
[Category(TestCategories.Heavy)]
public sealed class TransformProfileTests
{
    private const string Sine = "-f lavfi -i sine=frequency=440:duration=4:sample_rate=48000";
    private const string Fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

    private StageBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await StageBench.StartAsync(
        ("Profiles:padded:Extends", "shorts-9x16"),
        ("Profiles:padded:Framing", "Pad"),
        ("Profiles:cropped:Extends", "shorts-9x16"),
        ("Profiles:cropped:Framing", "Crop"),
        ("Profiles:modern:Container", "Mkv"),
        ("Profiles:modern:VideoCodec", "H265"),
        ("Profiles:modern:PixelFormat", "yuv420p10le"),
        ("Profiles:modern:Preset", "ultrafast"),
        ("Profiles:modern:AudioCodec", "Opus"),
        ("Profiles:modern:Thumbnail", "false"),
        ("Profiles:modern-wide:Extends", "shorts-9x16"),
        ("Profiles:modern-wide:VideoCodec", "H265"),
        ("Profiles:modern-wide:PixelFormat", "yuv420p10le"),
        ("Profiles:modern-wide:Preset", "ultrafast"),
        ("Profiles:careful:FullDecode", "true"),
        ("Profiles:careful-archive:Extends", "archive-copy"),
        ("Profiles:careful-archive:FullDecode", "true"),
        ("Profiles:surround:MaxChannels", "6"),
        ("Profiles:surround:Loudness", ""));

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [TestCase("shorts-9x16", 320, 568)]
    [TestCase("modern-wide", 320, 568)]
    [TestCase("padded", 320, 568)]
    [TestCase("cropped", 100, 180)]
    public async Task A_landscape_video_becomes_a_short(string profile, int width, int height)
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "wide.mp4", $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 {Fast}");

        var (_, output, path) = await TransformAsync(clip, profile);

        Assert.That((output.Video!.Width, output.Video.Height, output.Video.SampleAspectRatio), Is.EqualTo((width, height, Ratio.One)));
        await TestMedia.AssertPlayableAsync(path);
    }

    [Test]
    public async Task A_portrait_video_by_rotation_is_a_short_without_bars()
    {
        var flat = await TestMedia.MakeAsync(_bench.Root, "flat.mp4", $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 {Fast}");
        var rotated = await TestMedia.MakeAsync(_bench.Root, "rotated.mp4", $"-i \"{flat}\" -c copy -metadata:s:v:0 rotate=90");

        var (_, output, _) = await TransformAsync(rotated, "shorts-9x16");

        Assert.That((output.Video!.Width, output.Video.Height, output.Video.Rotation), Is.EqualTo((180, 320, 0)));
    }

    [TestCase("Megamind.avi", ".avi")]
    [TestCase("Effet_force_magnetique.ogv", ".ogv")]
    [TestCase("balle-jbart.mp4", ".mp4")]
    public async Task An_archive_keeps_the_file_as_it_came(string name, string extension)
    {
        var source = TestMedia.Sample(name);

        var (video, _, path) = await TransformAsync(source, "archive-copy");
        await _bench.CompleteAsync(JobType.Publish, video);

        var published = Published();
        Assert.Multiple(() =>
        {
            Assert.That(path, Does.EndWith($"output{extension}"));
            Assert.That(published.Keys, Is.EquivalentTo(new[] { extension, ".jpg", ".json" }));
        });
        Assert.That(await File.ReadAllBytesAsync(published[extension]), Is.EqualTo(await File.ReadAllBytesAsync(source)));
        await TestMedia.AssertPlayableAsync(published[".jpg"]);
    }

    [Test]
    public async Task An_archive_takes_no_file_that_has_lost_its_end()
    {
        var whole = await TestMedia.MakeAsync(_bench.Root, "whole.mp4", $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 {Fast} -movflags +faststart");
        var cut = Path.Combine(_bench.Root, "cut.mp4");
        var bytes = await File.ReadAllBytesAsync(whole);
        await File.WriteAllBytesAsync(cut, bytes[..(bytes.Length / 2)]);

        Assert.That(
            async () => await TransformAsync(cut, "archive-copy"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("the source is cut off"));
    }

    [Test]
    public async Task A_podcast_is_the_sound_alone_with_a_picture_beside_it()
    {
        var (video, output, path) = await TransformAsync(TestMedia.Sample("Megamind.avi"), "audio-podcast");
        await _bench.CompleteAsync(JobType.Publish, video);

        var published = Published();
        Assert.Multiple(() =>
        {
            Assert.That(output.Video, Is.Null);
            Assert.That((output.Audio!.Codec, output.Audio.SampleRate), Is.EqualTo(("aac", 48_000)));
            Assert.That(published.Keys, Is.EquivalentTo(new[] { ".m4a", ".jpg", ".json" }));
        });
        Assert.That(await LoudnessAsync(path), Is.EqualTo(-16).Within(1));
        await TestMedia.AssertPlayableAsync(path);
        await TestMedia.AssertPlayableAsync(published[".jpg"]);
    }

    [Test]
    public async Task A_podcast_needs_no_picture()
    {
        var sound = await TestMedia.MakeAsync(_bench.Root, "sound.mp4", $"{Sine} -c:a aac");

        var (video, output, path) = await TransformAsync(sound, "audio-podcast");
        await _bench.CompleteAsync(JobType.Publish, video);

        Assert.That((output.Video, output.Audio!.Codec), Is.EqualTo(((VideoTrack?)null, "aac")));
        Assert.That(Published().Keys, Is.EquivalentTo(new[] { ".m4a", ".json" }));
        await TestMedia.AssertPlayableAsync(path);
    }

    [TestCase("mp3", "-c:a libmp3lame -id3v2_version 3", true)]
    [TestCase("flac", "-c:a flac", true)]
    [TestCase("aac", "-c:a aac", false)]
    [TestCase("wav", "", false)]
    [TestCase("opus", "-c:a libopus", false)]
    public async Task A_podcast_takes_sound_and_a_cover_is_no_picture_of_it(string extension, string codec, bool hasCover)
    {
        var cover = await TestMedia.MakeAsync(_bench.Root, "cover.jpg", "-f lavfi -i color=red:size=300x300:duration=0.04 -frames:v 1");
        var with = hasCover ? $"-i \"{cover}\" -map 0 -map 1 -c:v copy -disposition:v attached_pic" : "";

        // Silence first: of raw AAC that begins like this ffprobe makes an hour of a minute.
        var sound = await TestMedia.MakeAsync(
            _bench.Root, $"sound.{extension}", $"-f lavfi -i \"aevalsrc=0.1*sin(2*PI*440*t)*gt(t\\,1):s=48000:d=4\" {with} {codec}");

        var (video, output, path) = await TransformAsync(sound, "audio-podcast");
        await _bench.CompleteAsync(JobType.Publish, video);

        Assert.Multiple(() =>
        {
            Assert.That((output.Video, output.Audio!.Codec), Is.EqualTo(((VideoTrack?)null, "aac")));
            Assert.That(output.Duration!.Value.TotalSeconds, Is.EqualTo(4).Within(0.2));
            Assert.That(Published().Keys, Is.EquivalentTo(new[] { ".m4a", ".json" }));
        });
        Assert.That(await LoudnessAsync(path), Is.EqualTo(-16).Within(1));
        await TestMedia.AssertPlayableAsync(path);
        File.Delete(Path.Combine(_bench.SourceFolder, Path.GetFileName(sound)));
        Assert.That(
            async () => await TransformAsync(sound, "youtube-1080p", "Videos"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("it has no video stream"));
    }

    [TestCase("audio-podcast", "-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 -c:v libx264", "no sound, and the profile audio-podcast takes nothing else")]
    [TestCase("youtube-2160p", "-f lavfi -i sine=duration=1 -c:a aac", "it has no video stream")]
    public async Task What_a_profile_can_do_nothing_with_is_refused(string profile, string arguments, string message)
    {
        var file = await TestMedia.MakeAsync(_bench.Root, "file.mp4", arguments);

        Assert.That(async () => await TransformAsync(file, profile), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains(message));
    }

    [Test]
    public async Task Other_codecs_and_containers_come_out_as_configured()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "clip.mp4", $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 {Sine} -t 2 {Fast} -c:a aac");

        var (video, output, path) = await TransformAsync(clip, "modern");
        await _bench.CompleteAsync(JobType.Publish, video);

        Assert.Multiple(() =>
        {
            Assert.That(path, Does.EndWith("output.mkv"));
            Assert.That(output.Container, Is.EqualTo("matroska,webm"));
            Assert.That((output.Video!.Codec, output.Video.Profile, output.Video.PixelFormat), Is.EqualTo(("hevc", "Main 10", "yuv420p10le")));
            Assert.That(output.Audio!.Codec, Is.EqualTo("opus"));
            Assert.That(Published().Keys, Is.EquivalentTo(new[] { ".mkv", ".json" }), "no thumbnail is wanted");
        });
        await TestMedia.AssertPlayableAsync(path);

        // What conforms to it is copied the next time.
        var again = Path.Combine(_bench.Root, "again.mkv");
        File.Copy(path, again);
        var (second, _, _) = await TransformAsync(again, "modern", channel: "More talks");
        Assert.That(await TreatmentAsync(second), Is.EqualTo(("copied", "copied")));
    }

    [Test]
    public async Task Six_channels_stay_where_the_profile_allows_them()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "surround.mkv",
            $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 -f lavfi -i sine=duration=1 -af \"pan=5.1(side)|FL=c0|FR=c0|FC=c0|LFE=c0|SL=c0|SR=c0\" {Fast} -c:a ac3");

        var (video, output, path) = await TransformAsync(clip, "surround");

        Assert.That((output.Audio!.Codec, output.Audio.Channels), Is.EqualTo(("aac", 6)));
        Assert.That(await TreatmentAsync(video), Is.EqualTo(("copied", "encoded")));
        await TestMedia.AssertPlayableAsync(path);
    }

    [Test]
    public async Task A_variable_frame_rate_keeps_its_times()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "variable.mkv",
            "-f lavfi -i testsrc2=size=320x180:rate=30:duration=4 -vf \"select='lt(t,2)+not(mod(n,5))'\" -vsync vfr -c:v mpeg4");

        var (_, output, path) = await TransformAsync(clip, "youtube-1080p");

        Assert.That(output.Duration!.Value.TotalSeconds, Is.EqualTo(4).Within(0.3));
        var (_, frames, _) = await TestMedia.RunAsync("ffprobe", $"-v error -count_packets -show_entries stream=nb_read_packets -of csv=p=0 \"{path}\"");
        Assert.That(int.Parse(frames), Is.EqualTo(72).Within(2), "none is made up");
    }

    // Clicks over a quiet tone: no gain alone can do it. And shorter than the three seconds over which ffmpeg's loudnorm looks.
    private const string Clicks = "0.02*sin(2*PI*300*t)+0.95*lt(mod(t\\,1)\\,0.002)*sin(2*PI*2000*t)";

    [TestCase(Clicks, 8)]
    [TestCase(Clicks, 2)]
    [TestCase("0.05*sin(2*PI*440*t)", 3)]
    [TestCase("0.9*sin(2*PI*440*t)", 3)]
    [TestCase("(0.02+0.9*gt(mod(t\\,10)\\,8))*sin(2*PI*300*t)", 20)]
    [TestCase("0.1*sin(2*PI*440*t)", 0.6)]
    public async Task Sound_gets_to_the_loudness_whatever_its_peaks(string expression, double seconds)
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "sound.mkv",
            FormattableString.Invariant($"-f lavfi -i testsrc2=size=64x64:rate=10:duration={seconds} -f lavfi -i \"aevalsrc={expression}:s=48000:d={seconds}\" {Fast} -c:a flac"));

        var (_, _, path) = await TransformAsync(clip, "youtube-1080p");

        var (_, _, log) = await TestMedia.RunAsync("ffmpeg", $"-nostats -i \"{path}\" -map 0:a -af ebur128=peak=true:framelog=verbose -f null -");
        var loudness = Loudness.Parse(log.Split('\n'))!;
        Assert.That(loudness.Integrated, Is.EqualTo(-14).Within(0.5));
        Assert.That(loudness.TruePeak, Is.LessThan(0), "nothing is clipped");
    }

    [Test]
    public async Task Broken_frames_are_found_by_decoding_and_not_copied_then()
    {
        var (careless, _, _) = await TransformAsync(await BrokenAsync(), "youtube-1080p", "Careless");
        var (careful, _, path) = await TransformAsync(await BrokenAsync("again.mkv"), "careful", "Careful");

        Assert.That((await TreatmentAsync(careless)).Video, Is.EqualTo("copied"));
        Assert.That((await TreatmentAsync(careful)).Video, Is.EqualTo("encoded"), "from what can be shown of it");
        await TestMedia.AssertPlayableAsync(path);
    }

    [Test]
    public async Task An_archive_that_decodes_refuses_broken_frames()
    {
        var clip = await BrokenAsync();

        Assert.That(
            async () => await TransformAsync(clip, "careful-archive"),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("can't be decoded without errors"));
    }

    [TestCase("smpte2084", "youtube-1080p", "bt709", 8)]
    [TestCase("arib-std-b67", "youtube-1080p", "bt709", 8)]
    [TestCase("smpte2084", "shorts-9x16", "bt709", 8)]
    [TestCase("smpte2084", "modern-wide", "smpte2084", 10)]
    public async Task HDR_becomes_SDR_where_it_has_no_room(string from, string profile, string to, int bits)
    {
        // As such files mostly are, it names the curve alone.
        var clip = await TestMedia.MakeAsync(_bench.Root, "hdr.mp4",
            $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 -vf format=yuv420p10le,setparams=color_trc={from} -c:v libx265 -preset ultrafast -x265-params log-level=error:transfer={from}");

        var (_, output, path) = await TransformAsync(clip, profile);

        Assert.That((output.Video!.ColorTransfer, output.Video.PixelFormat), Is.EqualTo((to, bits == 10 ? "yuv420p10le" : "yuv420p")));
        await TestMedia.AssertPlayableAsync(path);
    }

    /// <summary>A file whose index is whole and one of whose frames is not.</summary>
    private Task<string> BrokenAsync(string name = "broken.mkv") => TestMedia.MakeAsync(
        _bench.Root, name, $"-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 {Fast} -g 25 -bsf:v noise=amount=100*eq(n\\,40)");

    private async Task<(Video Video, MediaInfo Output, string Path)> TransformAsync(string file, string profile, string channel = "Talks")
    {
        var video = await _bench.TransformedAsync(file, change: added => (added.Profile, added.Name) = (profile, channel));
        await using var db = _bench.Database();
        var output = await db.Artifacts.SingleAsync(a => a.VideoId == video.Id && a.Kind == ArtifactKind.Output);
        var path = _bench.Store.LocalPath(output.Key);
        return (video, await _bench.Get<MediaProbe>().ProbeAsync(path, "The output", CancellationToken.None), path);
    }

    private async Task<(string Video, string Audio)> TreatmentAsync(Video video)
    {
        await using var db = _bench.Database();
        var job = await db.Jobs.SingleAsync(j => j.VideoId == video.Id && j.JobType == JobType.Transform);
        var result = JsonDocument.Parse(job.Result!).RootElement;
        return (result.GetProperty("video").GetString()!, result.GetProperty("audio").GetString()!);
    }

    private Dictionary<string, string> Published() =>
        Directory.GetFiles(Path.Combine(_bench.Folders.Published, "Talks")).ToDictionary(file => Path.GetExtension(file)!);

    private static async Task<double> LoudnessAsync(string path)
    {
        var (_, _, log) = await TestMedia.RunAsync("ffmpeg", $"-nostats -i \"{path}\" -map 0:a -af ebur128=framelog=verbose -f null -");
        return Loudness.Parse(log.Split('\n'))!.Integrated;
    }
}
