using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class TransformStageTests
{
    private const string Video5 = "-f lavfi -i testsrc2=size=320x240:rate=25:duration=3";
    private const string Sine = "-f lavfi -i sine=frequency=440:duration=3:sample_rate=48000";

    private StageBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await StageBench.StartAsync();

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [TestCase("balle-jbart.mp4", "encoded", "copied", 768, 576)]
    [TestCase("balle1-vp9.avi", "encoded", "encoded", 320, 240)]
    [TestCase("Effet_force_magnetique.ogv", "encoded", "none", 400, 304)]
    [TestCase("vtest.avi", "encoded", "none", 768, 576)]
    [TestCase("Megamind.avi", "encoded", "encoded", 720, 528)]
    public async Task Real_files_come_out_playable(string name, string video, string audio, int width, int height)
    {
        var result = await TransformAsync(TestMedia.Sample(name));

        var output = await ProbeOutputAsync();
        Assert.Multiple(() =>
        {
            Assert.That((result.Video, result.Audio), Is.EqualTo((video, audio)));
            Assert.That((output.Video!.Width, output.Video.Height), Is.EqualTo((width, height)));
            Assert.That(output.Video.SampleAspectRatio, Is.EqualTo(Ratio.One));
            Assert.That(output.Video.FrameRate, Is.LessThanOrEqualTo(60.1));
            Assert.That(output.Audio is null, Is.EqualTo(audio == "none"));
        });
        Assert.That(output.Duration!.Value.TotalSeconds, Is.EqualTo(await TestMedia.DurationAsync(TestMedia.Sample(name))).Within(0.5));
        await TestMedia.AssertPlayableAsync(OutputPath);
        await TestMedia.AssertPlayableAsync(_bench.Store.LocalPath("1/1/thumbnail.jpg"));
        Assert.That(_bench.Progress.Select(progress => progress.Percent), Is.Ordered.And.All.InRange(0, 100));
    }

    [Test]
    public async Task A_clip_that_conforms_is_only_remuxed()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "clip.mp4",
            $"-f lavfi -i testsrc2=size=1920x1080:rate=30:duration=2 {Sine} -t 2 -af volume=6.8dB -c:v libx264 -preset ultrafast -profile:v high -pix_fmt yuv420p -c:a aac -ac 2 -b:a 192k");

        var result = await TransformAsync(clip);

        Assert.That((result.Video, result.Audio), Is.EqualTo(("copied", "copied")), $"loudness {result.Loudness}");
        await TestMedia.AssertPlayableAsync(OutputPath);
        var (_, before, _) = await TestMedia.RunAsync("ffmpeg", $"-v error -i \"{clip}\" -map 0:v -c copy -f md5 -");
        var (_, after, _) = await TestMedia.RunAsync("ffmpeg", $"-v error -i \"{OutputPath}\" -map 0:v -c copy -f md5 -");
        Assert.That(after, Is.EqualTo(before), "the same packets");
    }

    [Test]
    public async Task Only_the_stream_that_does_not_conform_is_encoded()
    {
        // Far below the target: the audio is made louder, the video stays.
        var clip = await TestMedia.MakeAsync(_bench.Root, "quiet.mp4",
            $"{Video5} {Sine} -af volume=-10dB -c:v libx264 -preset ultrafast -pix_fmt yuv420p -profile:v main -c:a aac -ac 2");

        var result = await TransformAsync(clip);

        Assert.That((result.Video, result.Audio), Is.EqualTo(("copied", "encoded")));
        Assert.That(result.Loudness, Is.LessThan(-25));
        var (_, _, log) = await TestMedia.RunAsync("ffmpeg", $"-nostats -i \"{OutputPath}\" -map 0:a -af ebur128=framelog=verbose -f null -");
        Assert.That(Loudness.Parse(log.Split('\n'))!.Integrated, Is.EqualTo(-14).Within(1));
    }

    [Test]
    public async Task A_rotated_portrait_clip_is_turned_upright()
    {
        var flat = await TestMedia.MakeAsync(_bench.Root, "flat.mp4", $"{Video5} -t 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");
        var rotated = await TestMedia.MakeAsync(_bench.Root, "rotated.mp4", $"-i \"{flat}\" -c copy -metadata:s:v:0 rotate=90");

        var result = await TransformAsync(rotated);

        var output = await ProbeOutputAsync();
        Assert.That(result.Video, Is.EqualTo("encoded"));
        Assert.That((output.Video!.Width, output.Video.Height, output.Video.Rotation), Is.EqualTo((240, 320, 0)));
    }

    [Test]
    public async Task Odd_sizes_high_rates_and_wide_pixels_are_put_right()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "odd.mkv",
            "-f lavfi -i testsrc=size=321x241:rate=120:duration=1 -vf setsar=4/3 -c:v libx264 -preset ultrafast -pix_fmt yuv444p");

        await TransformAsync(clip);

        var output = await ProbeOutputAsync();
        Assert.Multiple(() =>
        {
            Assert.That((output.Video!.Width, output.Video.Height), Is.EqualTo((428, 240)));
            Assert.That(output.Video.FrameRate, Is.EqualTo(60).Within(0.1));
            Assert.That(output.Video.PixelFormat, Is.EqualTo("yuv420p"));
        });
    }

    [Test]
    public async Task A_4K_clip_with_six_channels_fits_the_profile()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "large.mkv",
            "-f lavfi -i testsrc2=size=3840x2160:rate=25:duration=0.6 -f lavfi -i sine=duration=0.6 -af \"pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0\" -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a ac3");

        var result = await TransformAsync(clip);

        var output = await ProbeOutputAsync();
        Assert.Multiple(() =>
        {
            Assert.That((result.Video, result.Audio), Is.EqualTo(("encoded", "encoded")));
            Assert.That((output.Video!.Width, output.Video.Height), Is.EqualTo((1920, 1080)));
            Assert.That((output.Audio!.Channels, output.Audio.SampleRate), Is.EqualTo((2, 48_000)));
        });
        await TestMedia.AssertPlayableAsync(OutputPath);
    }

    [Test]
    public async Task Silence_stays_silence()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "silent.mkv",
            $"{Video5} -f lavfi -i anullsrc=r=44100:cl=stereo -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libopus");

        var result = await TransformAsync(clip);

        Assert.That((result.Video, result.Audio, result.Loudness), Is.EqualTo(("copied", "encoded", (double?)null)));
        await TestMedia.AssertPlayableAsync(OutputPath);
    }

    [TestCase("default", "output.mp4")]
    [TestCase("archive-copy", "output.avi")]
    public async Task A_full_disk_makes_it_wait(string profile, string output)
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "clip.avi", $"{Video5} -t 1 -c:v mpeg4");
        var video = await _bench.AddVideoAsync(_bench.Put(clip), channel => channel.Profile = profile);
        await _bench.CompleteAsync(JobType.Download, video);
        var context = await _bench.ClaimAsync(JobType.Transform, video.ChannelId, video.Id);
        Directory.CreateDirectory(context.WorkFolder);
        File.CreateSymbolicLink(Path.Combine(context.WorkFolder, output), "/dev/full");

        Assert.That(
            async () => await _bench.Stage(JobType.Transform).RunAsync(context, CancellationToken.None),
            Throws.InstanceOf<SnoozeException>().With.Message.StartsWith("The disk is full"));
    }

    [Test]
    public async Task It_waits_for_room_before_it_begins()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "clip.avi", $"{Video5} -t 1 -c:v mpeg4");
        var video = await _bench.AddVideoAsync(_bench.Put(clip));
        await _bench.CompleteAsync(JobType.Download, video);
        _bench.Get<IOptions<DownloadOptions>>().Value.MinimumFreeBytes = long.MaxValue / 2;
        var context = await _bench.ClaimAsync(JobType.Transform, video.ChannelId, video.Id);

        Assert.That(
            async () => await _bench.Stage(JobType.Transform).RunAsync(context, CancellationToken.None),
            Throws.InstanceOf<SnoozeException>().With.Message.StartsWith("The disk is too full"));
        Assert.That(Directory.EnumerateFiles(context.WorkFolder), Is.Empty);
    }

    [Test]
    public async Task Cancelling_ends_ffmpeg()
    {
        var clip = await TestMedia.MakeAsync(_bench.Root, "slow.mkv",
            "-f lavfi -i testsrc2=size=1280x720:rate=60:duration=20 -c:v mpeg4 -q:v 2");
        var video = await _bench.AddVideoAsync(_bench.Put(clip));
        await _bench.CompleteAsync(JobType.Download, video);
        var context = await _bench.ClaimAsync(JobType.Transform, video.ChannelId, video.Id);
        using var cancel = new CancellationTokenSource();
        var running = _bench.Stage(JobType.Transform).RunAsync(context, cancel.Token);
        await WaitUntil(() => File.Exists(Path.Combine(context.WorkFolder, "output.mp4")) || running.IsCompleted);
        Assert.That(running.IsCompleted, Is.False);

        var cancelledAt = TimeProvider.System.GetTimestamp();
        await cancel.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(TimeProvider.System.GetElapsedTime(cancelledAt), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(ProcessesOn(context.WorkFolder), Is.Empty);
        Assert.That(File.Exists(OutputPath), Is.False);
    }

    [Test]
    public async Task A_run_that_stands_still_is_stopped_and_may_be_tried_again()
    {
        await using var impatient = await StageBench.StartAsync(("Ffmpeg:StallTimeout", "00:00:01"));

        // Nobody writes into the pipe that it reads from, so it never gets anywhere.
        var pipe = Path.Combine(impatient.Root, "pipe.avi");
        await TestMedia.RunAsync("mkfifo", pipe);
        await using var open = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);

        Assert.That(
            async () => await impatient.Get<Ffmpeg>().RunAsync(
                Ffmpeg.Arguments(pipe, "-", output => output.WithCustomArgument("-f null")), null, _ => { }, CancellationToken.None),
            Throws.InstanceOf<TransientFailureException>().With.Message.Contains("stood still"));
    }

    [Test]
    public async Task A_failure_carries_the_exit_code_and_the_last_words()
    {
        var broken = Path.Combine(_bench.Root, "broken.mp4");
        await File.WriteAllTextAsync(broken, "no video at all");

        var failure = await Assert.ThrowsAsync<FfmpegException>(async () => await _bench.Get<Ffmpeg>().RunAsync(
            Ffmpeg.Arguments(broken, "-", output => output.WithCustomArgument("-f null")), null, _ => { }, CancellationToken.None));

        Assert.That(failure!.ExitCode, Is.Not.Zero);
        Assert.That(failure.Errors, Has.Some.Contains("Invalid data found"));
        Assert.That(failure.Details.Keys, Is.EquivalentTo(new[] { "program", "arguments", "exitCode", "errors" }));
    }

    private string OutputPath => _bench.Store.LocalPath("1/1/output.mp4");

    private async Task<(string Video, string Audio, double? Loudness)> TransformAsync(string file)
    {
        var video = await _bench.TransformedAsync(file);
        await using var db = _bench.Database();
        var job = await db.Jobs.SingleAsync(j => j.VideoId == video.Id && j.JobType == JobType.Transform);
        var kinds = await db.Artifacts.Where(a => a.VideoId == video.Id).Select(a => a.Kind).ToListAsync();
        Assert.That(kinds, Is.EquivalentTo(new[] { ArtifactKind.Source, ArtifactKind.Output, ArtifactKind.Thumbnail }));
        var result = JsonDocument.Parse(job.Result!).RootElement;
        Assert.That(result.GetProperty("commands").EnumerateArray().Select(command => command.GetString()), Has.All.StartsWith("ffmpeg "));
        var loudness = result.GetProperty("loudness");
        return (
            result.GetProperty("video").GetString()!,
            result.GetProperty("audio").GetString()!,
            loudness.ValueKind == JsonValueKind.Null ? null : loudness.GetProperty("integratedLufs").GetDouble());
    }

    private Task<MediaInfo> ProbeOutputAsync() => _bench.Get<MediaProbe>().ProbeAsync(OutputPath, "output.mp4", CancellationToken.None);

    private static IEnumerable<string> ProcessesOn(string folder) => Directory.EnumerateDirectories("/proc")
        .Where(process => int.TryParse(Path.GetFileName(process), out _))
        .Select(process =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                return "";
            }
        })
        .Where(commandLine => commandLine.Contains(folder, StringComparison.Ordinal));

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
