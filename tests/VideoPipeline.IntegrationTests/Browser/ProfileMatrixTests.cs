using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.IntegrationTests.Stages;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>
/// Every shipped profile on every kind of file: what comes out is as the profile says, as long as the source, and plays in a
/// browser. Of real files the first seconds are taken, packet by packet, since how long they are is not the point here.
/// Cells that can't work fail at once and say why:
/// <list type="bullet">
/// <item>no picture (<c>sound</c>) for youtube-1080p, youtube-2160p and shorts-9x16: no video stream;</item>
/// <item>no sound (<c>vtest</c>, <c>Effet</c>, <c>mute</c>) for audio-podcast: no sound.</item>
/// </list>
/// </summary>
[Category(TestCategories.Heavy)]
internal sealed class ProfileMatrixTests
{
    private const string Fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private const string Picture = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=1";
    private const string Tone = "-f lavfi -i sine=frequency=440:duration=1:sample_rate=48000";

    private static readonly string[] Profiles = ["youtube-1080p", "youtube-2160p", "shorts-9x16", "archive-copy", "audio-podcast"];

    // Name with extension, and how ffmpeg makes it; or the real file of which it is the beginning, for so many seconds.
    private static readonly (string File, string Made)[] Generated =
    [
        ("plain.mp4", $"{Picture} {Tone} {Fast} -c:a aac"),
        ("variable.mkv", $"-f lavfi -i testsrc2=size=320x180:rate=30:duration=2 -f lavfi -i sine=duration=2 -vf \"select='lt(t,1)+not(mod(n,5))'\" -vsync vfr -c:v mpeg4 -c:a libmp3lame"),
        ("surround.mkv", $"{Picture} {Tone} -af \"pan=5.1(side)|FL=c0|FR=c0|FC=c0|LFE=c0|SL=c0|SR=c0\" {Fast} -c:a ac3"),
        ("silent.mp4", $"{Picture} -f lavfi -i anullsrc=r=44100:cl=stereo -t 1 {Fast} -c:a aac"),
        ("mute.mp4", $"{Picture} {Fast}"),
        ("sound.mkv", $"{Tone} -c:a flac"),
        ("odd.mkv", $"-f lavfi -i testsrc=size=321x241:rate=25:duration=1 {Tone} -c:v libx264 -preset ultrafast -pix_fmt yuv444p -c:a libopus"),
        ("hdr.mp4", $"{Picture} {Tone} -vf format=yuv420p10le,setparams=color_trc=smpte2084 -c:v libx265 -preset ultrafast -x265-params log-level=error:transfer=smpte2084 -c:a aac"),
        ("4k.mp4", $"-f lavfi -i testsrc2=size=3840x2160:rate=25:duration=0.4 {Tone} -t 0.4 {Fast} -c:a aac"),
    ];

    private static readonly (string File, double Seconds)[] Real =
    [
        ("balle-jbart.mp4", 2), ("balle1-vp9.avi", 2), ("Effet_force_magnetique.ogv", 1.5), ("vtest.avi", 1.5), ("Megamind.avi", 2),
    ];

    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);
    private string _files = null!;
    private StageBench _bench = null!;
    private VideoPlayer _player = null!;
    private int _channels;

    private static IEnumerable<TestCaseData<string, string>> Cells() =>
        from profile in Profiles
        from file in Generated.Select(made => made.File).Append("rotated.mp4").Concat(Real.Select(real => real.File))
        select new TestCaseData<string, string>(profile, file);

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _files = Directory.CreateTempSubdirectory("vp-matrix-").FullName;
        foreach (var (file, made) in Generated)
        {
            _sources[file] = await TestMedia.MakeAsync(_files, file, made);
        }

        _sources["rotated.mp4"] = await TestMedia.MakeAsync(_files, "rotated.mp4", $"-i \"{_sources["plain.mp4"]}\" -c copy -metadata:s:v:0 rotate=90");
        foreach (var (file, seconds) in Real)
        {
            _sources[file] = await TestMedia.MakeAsync(_files, file, FormattableString.Invariant($"-t {seconds} -i \"{TestMedia.Sample(file)}\" -c copy"));
        }

        _bench = await StageBench.StartAsync();
        _player = await VideoPlayer.StartAsync();
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _player.DisposeAsync();
        await _bench.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    [TestCaseSource(nameof(Cells))]
    public Task A_file_comes_out_as_its_profile_says(string profile, string file) => CheckAsync(profile, _sources[file]);

    [Explicit("Takes minutes: all of each real file.")]
    [Category(TestCategories.Explicit)]
    [Test]
    public async Task Whole_files_do_so_too([ValueSource(nameof(Profiles))] string profile)
    {
        foreach (var (file, _) in Real)
        {
            await CheckAsync(profile, TestMedia.Sample(file));
        }
    }

    private async Task CheckAsync(string name, string source)
    {
        var profile = TransformProfiles.Shipped.Find(name)!;
        var before = await _bench.Get<MediaProbe>().ProbeAsync(source, "The source", CancellationToken.None);
        if (Refusal(profile, before) is { } refusal)
        {
            Assert.That(async () => await TransformAsync(source, name), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains(refusal));
            return;
        }

        var path = await TransformAsync(source, name);
        if (profile.Container == OutputContainer.Source)
        {
            Assert.That(await File.ReadAllBytesAsync(path), Is.EqualTo(await File.ReadAllBytesAsync(source)));
            return;
        }

        var output = await _bench.Get<MediaProbe>().ProbeAsync(path, "The output", CancellationToken.None);
        Assert.Multiple(() =>
        {
            AssertConforms(output, before, profile);
            Assert.That(OutputCheck.SameDuration(output.Duration!.Value, before.Duration!.Value), $"{output.Duration} instead of {before.Duration}");
        });
        await TestMedia.AssertPlayableAsync(path);
        var played = await _player.PlayAsync(path);
        Assert.Multiple(() =>
        {
            Assert.That(played.Time, Is.GreaterThan(0));
            Assert.That(played.Duration, Is.EqualTo(before.Duration!.Value.TotalSeconds).Within(0.5));
            Assert.That((played.Width, played.Height), Is.EqualTo((output.Video?.Width ?? 0, output.Video?.Height ?? 0)));
        });
    }

    /// <summary>What is said where it can't work; null where it can.</summary>
    private static string? Refusal(TransformProfile profile, MediaInfo source) => (profile.NeedsVideo, profile.Container) switch
    {
        (true, _) when source.Video is null => "no video stream",
        (_, OutputContainer.M4a) when source.Audio is null => "has no sound, and the profile audio-podcast takes nothing else",
        _ => null,
    };

    private static void AssertConforms(MediaInfo output, MediaInfo source, TransformProfile profile)
    {
        if (output.Video is { } video)
        {
            Assert.That((video.Codec, video.PixelFormat, video.BitDepth), Is.EqualTo(("h264", "yuv420p", 8)));
            Assert.That((video.SampleAspectRatio, video.Rotation, video.IsInterlaced, video.IsHdr), Is.EqualTo((Ratio.One, 0, false, false)));
            Assert.That((video.Width % 2, video.Height % 2), Is.EqualTo((0, 0)));
            Assert.That(Math.Max(video.Width, video.Height), Is.LessThanOrEqualTo(profile.MaxLongSide));
            Assert.That(Math.Min(video.Width, video.Height), Is.LessThanOrEqualTo(profile.MaxShortSide));
            Assert.That(video.FrameRate, Is.LessThanOrEqualTo(profile.MaxFrameRate + 0.1));
            if (profile.AspectRatio is { Value: var aspect })
            {
                Assert.That((double)video.Width / video.Height, Is.EqualTo(aspect).Within(0.01));
            }
        }

        if (output.Audio is { } audio)
        {
            Assert.That((audio.Codec, audio.Profile), Is.EqualTo(("aac", "LC")));
            Assert.That(audio.Channels, Is.LessThanOrEqualTo(profile.MaxChannels));
            Assert.That(audio.SampleRate, Is.AnyOf(44_100, 48_000));
        }

        Assert.That((output.Video is null, output.Audio is null), Is.EqualTo((!profile.NeedsVideo, source.Audio is null)));
    }

    /// <returns>The path of the output.</returns>
    private async Task<string> TransformAsync(string file, string profile)
    {
        var number = ++_channels;
        var source = _bench.Put(file, $"{number}{Path.GetExtension(file)}");
        var video = await _bench.AddVideoAsync(source, channel => (channel.Profile, channel.Name) = (profile, $"Channel {number}"));
        await _bench.CompleteAsync(JobType.Download, video);
        await _bench.CompleteAsync(JobType.Transform, video);
        await using var db = _bench.Database();
        return _bench.Store.LocalPath((await db.Artifacts.SingleAsync(a => a.VideoId == video.Id && a.Kind == ArtifactKind.Output)).Key);
    }
}
