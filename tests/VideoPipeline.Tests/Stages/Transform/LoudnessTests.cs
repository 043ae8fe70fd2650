using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class LoudnessTests
{
    // What ffmpeg 5.1 wrote.
    private const string Summary = """
        size=N/A time=00:02:00.00 bitrate=N/A speed= 261x
        [Parsed_ebur128_0 @ 0x557c9ed0bec0] Summary:

          Integrated loudness:
            I:         -21.8 LUFS
            Threshold: -31.8 LUFS

          Loudness range:
            LRA:         3.2 LU
            Threshold: -41.8 LUFS
            LRA low:   -21.8 LUFS
            LRA high:  -21.8 LUFS

          True peak:
            Peak:      -20.8 dBFS
        """;

    [Test]
    public void Reads_the_summary()
    {
        var loudness = Loudness.Parse(Summary.Split('\n'));

        Assert.That(loudness, Is.EqualTo(new Loudness(-21.8, -20.8, 3.2, -31.8)));
        Assert.That(loudness!.IsSilent, Is.False);
    }

    [Test]
    public void Silence_measures_as_the_gate()
    {
        var loudness = Loudness.Parse(Summary.Replace("-21.8 LUFS", "-70.0 LUFS", StringComparison.Ordinal).Replace("-20.8 dBFS", "-inf dBFS", StringComparison.Ordinal).Split('\n'));

        Assert.That(loudness!.IsSilent);
        Assert.That(loudness.TruePeak, Is.EqualTo(double.NegativeInfinity));
    }

    [TestCase("    I:         -inf LUFS")]
    public void So_does_minus_infinity(string line) => Assert.That(Loudness.Parse([line])!.IsSilent);

    [TestCase("    I:         nan LUFS")]
    [TestCase("Error: something else")]
    public void Without_a_measurement_there_is_none(string line) => Assert.That(Loudness.Parse([line]), Is.Null);
}
