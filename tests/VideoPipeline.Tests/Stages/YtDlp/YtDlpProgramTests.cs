using VideoPipeline.Stages;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Tests.Stages.YtDlp;

public sealed class YtDlpProgramTests
{
    [TestCase("-o/etc/cron.d/x")]
    [TestCase("--exec=reboot")]
    [TestCase("ytsearch10:cats")]
    [TestCase("file:///etc/passwd")]
    [TestCase("ftp://example.org/a.mp4")]
    [TestCase("/etc/passwd")]
    [TestCase("")]
    public void Only_http_addresses_are_passed_on(string url) => Assert.That(() => YtDlpProgram.Target(url), Throws.InstanceOf<PermanentFailureException>());

    [Test]
    public void The_machines_settings_are_left_out_and_the_address_is_the_last_argument_and_no_option()
    {
        var arguments = YtDlpProgram.ArgumentsFor(new("http://2130706433/a b"), "/data/work/1.ytdlp", "/data/work/1.ytdlp/.cookies", "/opt/ffmpeg", ["--continue"]).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(arguments[0], Is.EqualTo("--ignore-config"));
            Assert.That(arguments, Does.Contain("--continue"));
            Assert.That(arguments[arguments.IndexOf("--paths") + 1], Is.EqualTo("/data/work/1.ytdlp"));
            Assert.That(arguments[arguments.IndexOf("--cookies") + 1], Is.EqualTo("/data/work/1.ytdlp/.cookies"));
            Assert.That(arguments[^2..], Is.EqualTo(new[] { "--", "http://127.0.0.1/a%20b" }), "as it was judged, whatever way it was written in");
            Assert.That(arguments[arguments.IndexOf("--postprocessor-args") + 1], Does.StartWith("Merger+ffmpeg_i:-protocol_whitelist file,pipe -format_whitelist mov,").And.Not.Contain("hls"));
            Assert.That(arguments[arguments.IndexOf("--fixup") + 1], Is.EqualTo("never"));
            Assert.That(arguments, Has.None.StartsWith("--exec").And.None.StartsWith("--enable-file-urls").And.None.StartsWith("--plugin"));
        });
    }

    [Test]
    public void Files_are_named_by_us_and_no_larger_than_the_profile_needs()
    {
        var arguments = YtDlpDownload.ArgumentsFor(TransformProfiles.Shipped.Find("youtube-1080p"), 500_000).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(arguments[arguments.IndexOf("--output") + 1], Is.EqualTo("source-%(format_id).40S"));
            Assert.That(arguments[arguments.IndexOf("--format") + 1], Does.StartWith("bv*[height<=?1080]+ba/"));
            Assert.That(arguments[arguments.IndexOf("--limit-rate") + 1], Is.EqualTo("500000"));
            Assert.That(YtDlpDownload.ArgumentsFor(null, null), Does.Not.Contain("--limit-rate"));
        });
    }

    [TestCase("2026.03.17", 60, false)]
    [TestCase("2026.02.15", 90, false)]
    [TestCase("2026.02.14", 91, true)]
    [TestCase("2023.03.04", 1169, true)]
    [TestCase("2026.05.16.232937", 0, false)]
    [TestCase("2026.06.01", 0, false)]
    [TestCase("unknown", null, false)]
    public void The_version_tells_its_age(string version, int? age, bool isWarnedOf)
    {
        var installed = YtDlpVersion.Judge(version, 90, new DateTimeOffset(2026, 5, 16, 12, 0, 0, TimeSpan.Zero));

        Assert.That((installed.AgeDays, installed.Warning is not null), Is.EqualTo((age, isWarnedOf)));
    }
}
