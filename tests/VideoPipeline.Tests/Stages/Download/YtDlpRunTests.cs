using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.Tests.Stages.Download;

/// <summary>On lines as yt-dlp 2023.03.04 writes them.</summary>
public sealed class YtDlpRunTests
{
    private readonly List<StageProgress> _progress = [];
    private readonly DiskSpace _disk = new(Options.Create(new DownloadOptions { MinimumFreeBytes = 0 }), TimeProvider.System);

    [SetUp]
    public void SetUp() => _progress.Clear();

    [Test]
    public void One_file_of_a_known_length()
    {
        var run = Start();

        Assert.That(run.Read("""vp-video {"size":"NA","duration":"NA","released":1795630496.0,"day":"20261125","count":"NA","formats":"NA"}"""));
        Assert.That(run.Read("""vp-progress {"status":"downloading","bytes":1024,"total":1108788,"speed":"NA"}"""));
        Assert.That(run.Read("""vp-progress {"status":"downloading","bytes":554394,"total":1108788,"speed":100000.0}"""));
        Assert.That(run.Read("""vp-progress {"status":"downloading","bytes":554394,"total":1108788,"speed":0}"""), Is.False, "it stands still");
        Assert.That(run.Read("""vp-progress {"status":"finished","bytes":1108788,"total":1108788,"speed":195723830.8}"""));
        Assert.That(run.Read("""vp-file "/data/work/1.ytdlp/source-mp4" """.TrimEnd()));

        Assert.That(_progress.Select(progress => progress.Percent), Is.EqualTo(new[] { 0.09, 50, 100 }).Within(0.01));
        Assert.That(_progress[1].Remaining?.TotalSeconds, Is.EqualTo(5.5).Within(0.1));
        Assert.That(run.File, Is.EqualTo("/data/work/1.ytdlp/source-mp4"));
    }

    [Test]
    public void Picture_and_then_sound_are_one_progress()
    {
        var run = Start();

        run.Read("""vp-video {"size":1000,"duration":1.5,"released":"NA","day":"NA","count":"NA","formats":["v","a"]}""");
        run.Read("""vp-progress {"status":"downloading","bytes":400,"total":800,"speed":1}""");
        run.Read("""vp-progress {"status":"finished","bytes":800,"total":800,"speed":1}""");
        run.Read("""vp-progress {"status":"downloading","bytes":100,"total":200,"speed":1}""");
        Assert.That(run.StallTimeout(TimeSpan.FromMinutes(5)), Is.EqualTo(TimeSpan.FromMinutes(5)));
        run.Read("""vp-progress {"status":"finished","bytes":200,"total":200,"speed":1}""");
        Assert.That(run.StallTimeout(TimeSpan.FromMinutes(5)), Is.EqualTo(TimeSpan.FromHours(1)), "they are put together");

        Assert.That(_progress.Select(progress => progress.Percent), Is.EqualTo(new[] { 40.0, 80, 90, 100 }).Within(0.01));
    }

    [Test]
    public void Files_in_pieces_are_counted_by_their_pieces_and_progress_never_goes_back()
    {
        var run = Start();

        run.Read("""vp-video {"size":"NA","duration":"NA","released":1795632205.0,"day":"20261125","count":"NA","formats":["0", "2"]}""");
        run.Read("""vp-progress {"status":"downloading","bytes":809,"total":"NA","estimate":1618.0,"part":0,"parts":2,"speed":75757.8}""");
        run.Read("""vp-progress {"status":"downloading","bytes":1833,"total":"NA","estimate":897350.0,"part":1,"parts":2,"speed":125349.2}""");
        run.Read("""vp-progress {"status":"finished","bytes":897350,"total":897350,"estimate":"NA","part":"NA","parts":"NA","speed":14712527.1}""");
        run.Read("""vp-progress {"status":"downloading","bytes":765,"total":"NA","estimate":2295.0,"part":0,"parts":3,"speed":68385.3}""");
        run.Read("""vp-progress {"status":"downloading","bytes":37095,"total":"NA","estimate":37095.0,"part":3,"parts":3,"speed":68385.3}""");
        run.Read("""vp-progress {"status":"finished","bytes":"NA","total":37095,"estimate":"NA","part":"NA","parts":"NA","speed":"NA"}""");

        Assert.That(_progress.Select(progress => progress.Percent), Is.EqualTo(new[] { 0.0, 25, 50, 50, 100, 100 }).Within(0.01));
    }

    [TestCase("""vp-video {"size":2000001,"duration":"NA","released":"NA","day":"NA","count":"NA","formats":"NA"}""", "MaxSizeBytes")]
    [TestCase("""vp-progress {"status":"downloading","bytes":1,"total":2000001,"speed":1}""", "MaxSizeBytes")]
    [TestCase("""vp-progress {"status":"downloading","bytes":2000001,"total":"NA","speed":1}""", "MaxSizeBytes")]
    [TestCase("""vp-video {"size":"NA","duration":9.5,"released":"NA","day":"NA","count":"NA","formats":"NA"}""", "lasts 9.5 s")]
    [TestCase("""vp-video {"size":"NA","duration":"NA","released":"NA","day":"20260228","count":"NA","formats":"NA"}""", "published on 2026-02-28")]
    [TestCase("""vp-video {"size":"NA","duration":"NA","released":"NA","day":"NA","count":2,"formats":"NA"}""", "leads to 2 videos")]
    public void What_the_channel_does_not_take_is_stopped(string line, string said) =>
        Assert.That(() => Start(minDuration: 10).Read(line), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains(said));

    [Test]
    public void What_does_not_fit_on_the_disk_waits() => Assert.That(
        () => Start(long.MaxValue).Read("""vp-video {"size":900000000000000000,"duration":"NA","released":"NA","day":"NA","count":"NA","formats":"NA"}"""),
        Throws.InstanceOf<SnoozeException>().With.Message.Contains("disk"));

    [TestCase("[download] Destination: x")]
    [TestCase("vp-progress {")]
    [TestCase("vp-progress [1]")]
    [TestCase("vp-progress null")]
    [TestCase("vp-video 5")]
    [TestCase("")]
    public void Other_lines_say_nothing(string line) => Assert.That(Start().Read(line), Is.False);

    private YtDlpRun Start(long maxSize = 2_000_000, double? minDuration = null) => new(
        new() { MinDuration = minDuration, PublishedAfter = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) },
        "A talk",
        "/data/work/1.ytdlp",
        maxSize,
        _disk.Reserve(Path.GetTempPath(), 0),
        _progress.Add);
}
