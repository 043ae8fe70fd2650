using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages;

public sealed class LeftoverWorkTests
{
    private static readonly string[] Ours = ["-format_whitelist", MediaFormats.Whitelist];

    [Test]
    public void Our_ffmpeg_is_known_by_its_program_its_formats_and_its_files()
    {
        Assert.Multiple(() =>
        {
            Assert.That(IsOrphan(["ffmpeg", .. Ours, "-i", "/data/artifacts/1/2/source.mp4", "/data/work/job-1/output.mp4"]));
            Assert.That(IsOrphan(["/usr/bin/ffprobe", .. Ours, "-i", "/data/work/downloads/7.part"]));
            Assert.That(IsOrphan(["/usr/bin/python3", "/usr/bin/yt-dlp", "--ignore-config", "--paths", "/data/work/downloads/7.ytdlp", "--", "https://example.org/"]));
            Assert.That(IsOrphan(["ffmpeg", "-y", "-i", "file:/data/work/downloads/7.ytdlp/source.f1.mp4"]), "what yt-dlp has started");
            Assert.That(IsOrphan(["/usr/bin/python3", "/usr/bin/yt-dlp", "--ignore-config", "--paths", "/data/work", "https://example.org/"]), Is.False, "somebody's own");
            Assert.That(IsOrphan(["ffmpeg", .. Ours, "-i", "/other/work/7.part"]), Is.False, "of another data folder");
            Assert.That(IsOrphan(["ffmpeg", .. Ours, "-i", "/data/workshop/7.mp4"]), Is.False, "of a folder that is only called alike");
            Assert.That(IsOrphan(["ffmpeg", "-i", "/data/work/7.mp4"]), Is.False, "somebody's own");
            Assert.That(IsOrphan(["less", .. Ours, "/data/work/7.mp4"]), Is.False, "another program");
            Assert.That(IsOrphan([]), Is.False, "a kernel thread");
        });
    }

    private static bool IsOrphan(string[] arguments) =>
        LeftoverWork.IsOrphan(string.Concat(arguments.Select(argument => argument + '\0')), "/data/work", "/data/artifacts");
}
