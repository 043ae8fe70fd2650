using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages.Media;

public sealed class FfmpegArgumentsTests
{
    [Test]
    public void Every_run_reads_local_files_of_known_formats_only()
    {
        var arguments = Ffmpeg.Arguments("/data/in.mp4", "/data/out.mp4", _ => { });

        Assert.Multiple(() =>
        {
            Assert.That(arguments, Does.Contain("-nostdin").And.Contains("-progress pipe:1"));
            Assert.That(arguments.IndexOf("-protocol_whitelist file,pipe", StringComparison.Ordinal), Is.InRange(0, arguments.IndexOf("-i ", StringComparison.Ordinal)));
            Assert.That(arguments.IndexOf("-format_whitelist", StringComparison.Ordinal), Is.InRange(0, arguments.IndexOf("-i ", StringComparison.Ordinal)));
        });
    }

    [TestCase("/data/a\" -i \"/etc/passwd")]
    [TestCase("/data/a\nb")]
    public void Paths_that_could_become_arguments_are_refused(string path)
    {
        Assert.That(() => Ffmpeg.Arguments(path, "/data/out.mp4", _ => { }), Throws.InstanceOf<PermanentFailureException>());
        Assert.That(() => MediaProbe.ArgumentsFor(path, new()), Throws.InstanceOf<PermanentFailureException>());
    }

    [TestCase("hls")]
    [TestCase("concat")]
    [TestCase("dash")]
    [TestCase("image2")]
    [TestCase("lavfi")]
    [TestCase("sdp")]
    public void Formats_that_name_other_files_are_not_taken_in(string demuxer)
    {
        Assert.That(MediaFormats.ExtensionOf(demuxer), Is.Null);
        Assert.That(MediaFormats.Whitelist.Split(','), Does.Not.Contain(demuxer));
    }

    [TestCase("mov,mp4,m4a,3gp,3g2,mj2", ".mp4")]
    [TestCase("matroska,webm", ".mkv")]
    [TestCase("avi", ".avi")]
    [TestCase("ogg", ".ogv")]
    [TestCase("mp3", ".mp3")]
    [TestCase("aac", ".aac")]
    [TestCase("flac", ".flac")]
    [TestCase("wav", ".wav")]
    public void The_extension_follows_from_the_format(string container, string extension) =>
        Assert.That(MediaFormats.ExtensionOf(container), Is.EqualTo(extension));
}
