using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages.Media;

public sealed class FfmpegProgressTests
{
    // What ffmpeg 5.1 wrote.
    private const string Block = """
        frame=25
        fps=0.00
        stream_0_0_q=-1.0
        bitrate=   9.0kbits/s
        total_size=48
        out_time_us=42667
        out_time_ms=42667
        out_time=00:00:00.042667
        dup_frames=0
        drop_frames=0
        speed= 7.9x
        progress=continue
        """;

    [Test]
    public void A_block_is_read_at_its_end()
    {
        var reader = new FfmpegProgressReader();

        var states = Block.Split('\n').Select(reader.Read).ToList();

        Assert.That(states[..^1], Has.All.Null);
        Assert.That(states[^1], Is.EqualTo(new FfmpegProgress(TimeSpan.FromMicroseconds(42667), 7.9)));
    }

    [Test]
    public void What_is_not_known_yet_is_no_error()
    {
        var reader = new FfmpegProgressReader();
        foreach (var line in new[] { "out_time_us=N/A", "out_time_ms=-9223372036854775807", "out_time=N/A", "speed=N/A", "", "nonsense" })
        {
            Assert.That(reader.Read(line), Is.Null);
        }

        Assert.That(reader.Read("progress=end"), Is.EqualTo(new FfmpegProgress(TimeSpan.Zero, null)));
    }

    [TestCase(5, 2.0, 10, 50, 2.5)]
    [TestCase(0, null, 10, 0, null)]
    [TestCase(12, 2.0, 10, 100, null)]
    [TestCase(5, 2.0, null, 0, null)]
    [TestCase(5, 0.0, 10, 50, null)]
    public void Percent_and_time_to_go(double position, double? speed, double? duration, double percent, double? remaining)
    {
        var progress = new FfmpegProgress(TimeSpan.FromSeconds(position), speed).Of(duration is null ? null : TimeSpan.FromSeconds(duration.Value));

        Assert.That(progress.Percent, Is.EqualTo(percent));
        Assert.That(progress.Remaining?.TotalSeconds, Is.EqualTo(remaining));
    }
}
