using VideoPipeline.Server.Pages;

namespace VideoPipeline.Tests.Server.Pages;

public sealed class ReadableTests
{
    [TestCase(0, "0 ms")]
    [TestCase(0.0304, "30 ms")]
    [TestCase(0.9996, "999 ms")]
    [TestCase(1, "1 s")]
    [TestCase(59.97, "59.9 s")]
    [TestCase(60, "1 min 0 s")]
    [TestCase(3599, "59 min 59 s")]
    [TestCase(3 * 3600 + 125, "3 h 2 min")]
    [TestCase(86_400 * 40 + 3600 * 5, "40 d 5 h")]
    public void A_duration_has_two_units_at_most(double seconds, string text) => Assert.That(Readable.Duration(seconds), Is.EqualTo(text));

    [TestCase(0L, "0 bytes")]
    [TestCase(1_023L, "1023 bytes")]
    [TestCase(35_000L, "34 KiB")]
    [TestCase(1_200_000L, "1.1 MiB")]
    [TestCase(2_400_000_000L, "2.2 GiB")]
    public void A_size_has_its_largest_unit(long bytes, string text) => Assert.That(Readable.Size(bytes), Is.EqualTo(text));
}
