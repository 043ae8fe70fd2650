using System.Text.Json;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Tests.Stages.Media;

/// <summary>On what ffprobe 5.1 wrote about real files, shortened.</summary>
public sealed class ProbeOutputTests
{
    private const string Mp4 = """
        {"streams": [
          {"index": 0, "codec_name": "h264", "profile": "High", "codec_type": "video", "width": 720, "height": 576,
           "sample_aspect_ratio": "16:15", "display_aspect_ratio": "4:3", "pix_fmt": "yuv420p", "level": 30, "field_order": "progressive",
           "r_frame_rate": "25/1", "avg_frame_rate": "25/1", "start_time": "0.000000", "duration": "10.200000", "bits_per_raw_sample": "8",
           "disposition": {"default": 1, "attached_pic": 0}, "tags": {"language": "und"}},
          {"index": 1, "codec_name": "aac", "profile": "LC", "codec_type": "audio", "sample_rate": "48000", "channels": 2,
           "r_frame_rate": "0/0", "avg_frame_rate": "0/0", "start_time": "0.000000", "duration": "10.200000", "bits_per_sample": 0}],
         "format": {"filename": "a.mp4", "nb_streams": 2, "format_name": "mov,mp4,m4a,3gp,3g2,mj2", "start_time": "0.000000",
           "duration": "10.222000", "size": "1108788", "bit_rate": "867765", "probe_score": 100}}
        """;

    [Test]
    public void Reads_an_mp4()
    {
        var media = ProbeOutput.Parse(Mp4);

        Assert.Multiple(() =>
        {
            Assert.That(media.Container, Is.EqualTo("mov,mp4,m4a,3gp,3g2,mj2"));
            Assert.That(media.Duration, Is.EqualTo(TimeSpan.FromSeconds(10.222)));
            Assert.That(media.Video, Is.EqualTo(new VideoTrack
            {
                Codec = "h264",
                Profile = "High",
                Width = 720,
                Height = 576,
                SampleAspectRatio = new(16, 15),
                AverageFrameRate = 25,
                BaseFrameRate = 25,
                PixelFormat = "yuv420p",
                FieldOrder = "progressive",
                BitDepth = 8,
                Duration = TimeSpan.FromSeconds(10.2),
                StartTime = TimeSpan.Zero,
            }));
            Assert.That(media.Audio, Is.EqualTo(new AudioTrack
            {
                Index = 1,
                Codec = "aac",
                Profile = "LC",
                Channels = 2,
                SampleRate = 48_000,
                Duration = TimeSpan.FromSeconds(10.2),
                StartTime = TimeSpan.Zero,
            }));
        });
    }

    [Test]
    public void What_a_file_does_not_say_is_unknown_and_no_zero()
    {
        var media = ProbeOutput.Parse("""
            {"streams": [{"index": 0, "codec_name": "theora", "codec_type": "video", "width": 400, "height": 304,
              "sample_aspect_ratio": "0:1", "pix_fmt": "yuv420p", "r_frame_rate": "25/1", "avg_frame_rate": "0/0", "duration": "1.360000"}],
             "format": {"format_name": "ogg"}}
            """);

        Assert.Multiple(() =>
        {
            Assert.That(media.Video!.AverageFrameRate, Is.Null);
            Assert.That(media.Video.FrameRate, Is.EqualTo(25));
            Assert.That(media.Video.SampleAspectRatio, Is.EqualTo(Ratio.One));
            Assert.That(media.Video.FieldOrder, Is.EqualTo("unknown"));
            Assert.That(media.Video.IsInterlaced, Is.False);
            Assert.That(media.Video.BitDepth, Is.Null);
            Assert.That(media.Audio, Is.Null);
            Assert.That(media.Duration, Is.EqualTo(TimeSpan.FromSeconds(1.36)), "the stream knows what the format doesn't");
        });
    }

    [TestCase("""[{"side_data_type": "Display Matrix", "rotation": -90}]""", "{}", 90)]
    [TestCase("""[{"side_data_type": "Display Matrix", "rotation": 90}]""", "{}", 270)]
    [TestCase("""[{"side_data_type": "Display Matrix", "rotation": 180}]""", "{}", 180)]
    [TestCase("""[{"side_data_type": "CPB properties", "max_bitrate": 0}, {"side_data_type": "Display Matrix", "rotation": -180}]""", "{}", 180)]
    [TestCase("[]", """{"rotate": "90"}""", 90)]
    [TestCase("[]", "{}", 0)]
    public void Rotation_is_clockwise(string sideData, string tags, int degrees)
    {
        var media = ProbeOutput.Parse($$"""
            {"streams": [{"index": 0, "codec_name": "h264", "codec_type": "video", "width": 2, "height": 2, "side_data_list": {{sideData}}, "tags": {{tags}} }],
             "format": {"format_name": "mov"} }
            """);

        Assert.That(media.Video!.Rotation, Is.EqualTo(degrees));
    }

    [Test]
    public void Cover_pictures_are_no_video()
    {
        var media = ProbeOutput.Parse("""
            {"streams": [{"index": 0, "codec_name": "mjpeg", "codec_type": "video", "width": 500, "height": 500, "disposition": {"attached_pic": 1}},
                         {"index": 1, "codec_name": "aac", "codec_type": "audio", "channels": 2, "sample_rate": "44100"}],
             "format": {"format_name": "mov,mp4,m4a,3gp,3g2,mj2"}}
            """);

        Assert.That(media.Video, Is.Null);
        Assert.That(media.Audio!.Index, Is.EqualTo(1));
    }

    [TestCase("{}")]
    [TestCase("""{"streams": []}""")]
    [TestCase("")]
    [TestCase("nonsense")]
    public void Other_text_is_refused(string json) => Assert.That(() => ProbeOutput.Parse(json), Throws.InstanceOf<JsonException>());
}
