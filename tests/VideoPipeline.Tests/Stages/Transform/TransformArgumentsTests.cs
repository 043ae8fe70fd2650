using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class TransformArgumentsTests
{
    [TestCase(AudioCodec.Opus, 1, 256_000)]
    [TestCase(AudioCodec.Opus, 2, 320_000)]
    [TestCase(AudioCodec.Aac, 1, 320_000)]
    public void Opus_gets_no_more_bits_than_its_encoder_takes(AudioCodec codec, int channels, int bitRate)
    {
        var profile = TransformProfiles.Shipped.Find("youtube-1080p")! with { AudioCodec = codec, AudioBitRate = 320_000 };
        var media = new MediaInfo(
            "matroska",
            TimeSpan.FromSeconds(10),
            TimeSpan.Zero,
            new() { Codec = "vp8", Width = 320, Height = 240 },
            new() { Index = 1, Codec = "vorbis", Channels = channels, SampleRate = 48_000 });
        var work = new TransformWork(
            "/data/source.mkv", media, TransformPlan.Of(media, loudness: null, profile), profile, TransformEdits.None, VideoEncoding.Of(EncoderChoice.Software, profile, ""));

        Assert.That(TransformArguments.Write(work, "/data/output.mp4"), Does.Contain($"-b:a {bitRate} "));
    }
}
