using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.IntegrationTests.Stages;

/// <summary>
/// Files that were made to do harm: to make ffmpeg read what it must not, call somebody, or take all time and memory. A file
/// that nobody may read and a port that nobody may call watch; ffmpeg and ffprobe have 4 GB of address space.
/// </summary>
[Category(TestCategories.Heavy)]
public sealed class AttackInputTests
{
    private const string Fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string _files = null!;
    private string _canary = null!;
    private StageBench _bench = null!;
    private Socket _port = null!;
    private int _channels;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _files = Directory.CreateTempSubdirectory("vp-attacks-").FullName;
        foreach (var program in new[] { "ffmpeg", "ffprobe" })
        {
            var path = Path.Combine(_files, program);
            await File.WriteAllTextAsync(path, $"#!/usr/bin/env bash\nulimit -v 4000000\nexec {program} \"$@\"\n");
            await TestMedia.RunAsync("chmod", $"u+x {path}");
        }

        _bench = await StageBench.StartAsync(
            ("Ffmpeg:BinaryFolder", _files),
            ("Media:MaxPixels", "100000"),
            ("Media:MaxStreams", "8"),
            ("Media:MaxDuration", "00:02:00"));

        // A real video: whoever is made to read it would take it.
        _canary = await TestMedia.MakeAsync(_files, "canary.ts", $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 {Fast}");
        _port = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _port.Listen();
        Forget();
        _ = await File.ReadAllBytesAsync(_canary);
        Assert.That(WasRead, Is.True, "The temporary folder's file system must keep the times of access (relatime will do): set TMPDIR to one that does.");
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        _port.Dispose();
        await _bench.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    private bool WasRead => File.GetLastAccessTimeUtc(_canary) != LongAgo;

    [TestCase("hls.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nFILE\n#EXTINF:1,\nURL\n#EXT-X-ENDLIST\n")]
    [TestCase("master.ts", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nURL\n#EXT-X-STREAM-INF:BANDWIDTH=2\nFILE\n")]
    [TestCase("concat.mp4", "ffconcat version 1.0\nfile 'FILE'\nfile 'URL'\n")]
    [TestCase("concat.ffconcat", "ffconcat version 1.0\nfile 'FILE'\n")]
    [TestCase("dash.mp4", "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>URL</BaseURL></Representation></AdaptationSet></Period></MPD>")]
    [TestCase("session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video PORT RTP/AVP 96\na=rtpmap:96 H264/90000\n")]
    [TestCase("picture.mp4", "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"FILE\"/><image href=\"URL\"/></svg>")]
    [TestCase("text.mp4", "1\n00:00:00,000 --> 00:00:01,000\n<img src=\"URL\">\n\n")]
    [TestCase("styled.mp4", "[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Layer, Start, End, Text\nDialogue: 0,0:00:00.00,0:00:01.00,FILE\n")]
    [TestCase("playlist.rm", "URL\nFILE\n")]
    [TestCase("redirect.wmv", "[Reference]\nRef1=URL\nRef2=FILE\n")]
    [TestCase("asx.wmv", "<asx version=\"3.0\"><entry><ref href=\"URL\"/></entry></asx>")]
    [TestCase("zero.mp4", "")]
    public async Task A_text_that_poses_as_a_video_is_refused_unread(string name, string text)
    {
        var port = ((IPEndPoint)_port.LocalEndPoint!).Port;
        var file = Path.Combine(_files, name);
        await File.WriteAllTextAsync(file, text
            .Replace("FILE", _canary, StringComparison.Ordinal)
            .Replace("URL", $"http://127.0.0.1:{port}/canary.ts", StringComparison.Ordinal)
            .Replace("PORT", $"{port}", StringComparison.Ordinal));

        Assert.That(async () => await TransformAsync(file), Throws.InstanceOf<PermanentFailureException>().With.Message.StartsWith($"{name} is not a playable video: "));
        AssertNobodyCalled();
    }

    [TestCase("url ")]
    [TestCase("alis")]
    public async Task A_movie_that_says_its_data_is_elsewhere_reads_its_own(string kind)
    {
        var movie = await TestMedia.MakeAsync(_files, $"movie-{kind.Trim()}.mov", $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 {Fast}");
        var reference = kind == "alis" ? Alias(_canary) : [0, 0, 0, 0, .. Encoding.UTF8.GetBytes($"file://{_canary}"), 0];
        await File.WriteAllBytesAsync(movie, WithReference(await File.ReadAllBytesAsync(movie), kind, reference));
        Assert.That(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(movie)), Does.Contain(_canary));

        try
        {
            await TransformAsync(movie);
        }
        catch (PermanentFailureException)
        {
            // As good.
        }

        AssertNobodyCalled();
    }

    private static IEnumerable<TestCaseData<string, string>> TooLarge()
    {
        yield return new("-f lavfi -i testsrc2=size=640x360:rate=25:duration=1 -c:v mpeg4", "its picture is larger than VideoPipeline:Media:MaxPixels allows, 100000.");
        yield return new($"-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 {string.Concat(Enumerable.Repeat("-map 0 ", 9))} {Fast}", "it has more streams than VideoPipeline:Media:MaxStreams allows, 8.");
        yield return new($"-f lavfi -i color=size=64x64:rate=1:duration=180 {Fast}", "it lasts 0:03:00, and VideoPipeline:Media:MaxDuration allows 00:02:00.");
    }

    [TestCaseSource(nameof(TooLarge))]
    public async Task What_unpacks_to_too_much_is_refused(string arguments, string message)
    {
        var file = await TestMedia.MakeAsync(_files, $"large-{++_channels}.mkv", arguments);

        Assert.That(async () => await TransformAsync(file), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains(message));
    }

    [Test]
    public async Task A_header_that_claims_too_much_is_refused()
    {
        var file = await TestMedia.MakeAsync(_files, "claims.avi", "-f lavfi -i testsrc2=size=16x16:rate=5:duration=1 -c:v rawvideo -pix_fmt bgr24");
        var bytes = await File.ReadAllBytesAsync(file);

        // BITMAPINFOHEADER: after its own size, width and height.
        var format = bytes.AsSpan().IndexOf("strf"u8) + 8;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(format + 4), 60_000);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(format + 8), 60_000);
        await File.WriteAllBytesAsync(file, bytes);

        Assert.That(
            async () => await TransformAsync(file),
            Throws.InstanceOf<PermanentFailureException>().With.Message.EqualTo("claims.avi is not taken in: its picture is larger than VideoPipeline:Media:MaxPixels allows, 100000."));
    }

    [Test]
    public async Task A_picture_that_grows_later_is_not_unpacked()
    {
        var small = await TestMedia.MakeAsync(_files, "small.mjpeg", "-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 -c:v mjpeg");
        var large = await TestMedia.MakeAsync(_files, "large.mjpeg", "-f lavfi -i testsrc2=size=1024x1024:rate=25:duration=1 -frames:v 30 -c:v mjpeg -q:v 31");
        var both = Path.Combine(_files, "both.mjpeg");
        await File.WriteAllBytesAsync(both, [.. await File.ReadAllBytesAsync(small), .. await File.ReadAllBytesAsync(large)]);
        var file = await TestMedia.MakeAsync(_files, "grows.avi", $"-f mjpeg -i \"{both}\" -c copy");

        Assert.That(async () => await TransformAsync(file), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("it lasts "));
    }

    [Test]
    public async Task Very_many_very_small_packets_take_bounded_time()
    {
        var file = await TestMedia.MakeAsync(_files, "tiny.mkv", "-f lavfi -i color=black:size=16x16:rate=25:duration=21 -f lavfi -i anullsrc=r=48000:cl=mono:n=1 -t 21 -c:v mpeg4 -c:a pcm_u8");
        var from = TimeProvider.System.GetTimestamp();

        await TransformAsync(file);

        Assert.That(TimeProvider.System.GetElapsedTime(from), Is.LessThan(TimeSpan.FromMinutes(2)), "a million of them, of a byte each");
    }

    [Test]
    public async Task A_run_that_never_ends_is_stopped_for_good()
    {
        await using var impatient = await StageBench.StartAsync(("Ffmpeg:RunTimeout", "00:00:01"));

        // Nobody writes into the pipe that it reads from.
        var pipe = Path.Combine(_files, "pipe.avi");
        await TestMedia.RunAsync("mkfifo", pipe);
        await using var open = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);

        Assert.That(
            async () => await impatient.Get<Ffmpeg>().RunAsync(
                Ffmpeg.Arguments(pipe, "-", output => output.WithCustomArgument("-f null")), null, _ => { }, CancellationToken.None),
            Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("VideoPipeline:Ffmpeg:RunTimeout allows no more"));
    }

    [Test]
    public async Task Names_lead_nowhere_else()
    {
        await using var bench = await StageBench.StartAsync();
        var clip = await TestMedia.MakeAsync(_files, "plain.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25:duration=1 {Fast}");
        var path = bench.Put(clip, "..\n\"; $(touch evil) -i ..\\..\\x.mp4");
        var video = await bench.AddVideoAsync(path, channel => channel.Name = "Names", title: "../../../../tmp/evil\n../name");

        await bench.CompleteAsync(JobType.Download, video);
        await bench.CompleteAsync(JobType.Transform, video);
        await bench.CompleteAsync(JobType.Publish, video);

        var published = Directory.GetFiles(Path.Combine(bench.Folders.Published, "Names"));
        Assert.That(published, Has.Length.EqualTo(3));
        Assert.That(published.Select(Path.GetFileName), Has.None.Contains("\n").And.None.StartsWith("."));
        Assert.That(Directory.GetDirectories(bench.Folders.Published), Is.EqualTo(new[] { Path.Combine(bench.Folders.Published, "Names") }));
        Assert.That(Directory.GetFileSystemEntries(bench.Root).Select(Path.GetFileName), Is.EquivalentTo(new[] { "source", "data" }));
        Assert.That(File.Exists("evil"), Is.False);
    }

    private async Task TransformAsync(string file)
    {
        Forget();
        var number = ++_channels;
        var source = _bench.Put(file);
        try
        {
            var video = await _bench.AddVideoAsync(source, channel => channel.Name = $"Channel {number}");
            await _bench.CompleteAsync(JobType.Download, video);
            await _bench.CompleteAsync(JobType.Transform, video);
        }
        finally
        {
            File.Delete(source);
        }
    }

    /// <summary>Older than its last change, so that the next read is noted wherever reads are.</summary>
    private void Forget() => File.SetLastAccessTimeUtc(_canary, LongAgo);

    private void AssertNobodyCalled()
    {
        Assert.That(WasRead, Is.False, "the file elsewhere was read");
        Assert.That(_port.Poll(0, SelectMode.SelectRead), Is.False, "somebody called");
    }

    /// <summary>Replaces the data reference of every track (ISO/IEC 14496-12, 8.7.2), with the sizes of what it lies in.</summary>
    private static byte[] WithReference(ReadOnlySpan<byte> boxes, string kind, ReadOnlySpan<byte> content)
    {
        var result = new List<byte>();
        while (boxes.Length >= 8)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(boxes);
            var type = Encoding.Latin1.GetString(boxes[4..8]);
            var inner = boxes[8..size];
            result.AddRange(type switch
            {
                "moov" or "trak" or "mdia" or "minf" or "dinf" => Box(type, WithReference(inner, kind, content)),
                "dref" => Box(type, [0, 0, 0, 0, 0, 0, 0, 1, .. Box(kind, content)]),
                _ => boxes[..size].ToArray(),
            });
            boxes = boxes[size..];
        }

        return [.. result];
    }

    private static byte[] Box(string type, ReadOnlySpan<byte> content)
    {
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.Latin1.GetBytes(type, box.AsSpan(4));
        content.CopyTo(box.AsSpan(8));
        return box;
    }

    /// <summary>QuickTime's: a volume, a name, how many folders up and down, and a list of records, of which 2 is the absolute path.</summary>
    private static byte[] Alias(string path)
    {
        var alias = new byte[4 + 10 + 28 + 12 + 64 + 16 + 4 + 16];
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        alias[4 + 10] = 4;
        "disk"u8.CopyTo(alias.AsSpan(4 + 11));
        alias[4 + 10 + 28 + 12] = (byte)name.Length;
        name.CopyTo(alias.AsSpan(4 + 10 + 28 + 13));
        alias[4 + 10 + 28 + 12 + 64 + 16 + 1] = 1;
        alias[4 + 10 + 28 + 12 + 64 + 16 + 3] = 1;
        var absolute = Encoding.UTF8.GetBytes($"disk:{path}");
        return [.. alias, 0, 2, (byte)(absolute.Length >> 8), (byte)absolute.Length, .. absolute, .. new byte[absolute.Length % 2], 0xff, 0xff, 0, 0];
    }
}
