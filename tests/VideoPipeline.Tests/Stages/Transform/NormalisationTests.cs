using VideoPipeline.Stages.Transform;

namespace VideoPipeline.Tests.Stages.Transform;

public sealed class NormalisationTests
{
    private static readonly TransformProfile Profile = TransformProfiles.Shipped.Find("youtube-1080p")!;

    // Integrated loudness and true peak of the source; the target is -14 LUFS with peaks up to -1.5 dBTP.
    [TestCase(-23, -12, 9, null)]
    [TestCase(-23, -10.5, 9, null)] // just fits
    [TestCase(-23, -10.4, 9, -1.5)]
    [TestCase(-8, 0.5, -6, null)]
    [TestCase(-16, -1, 2, -1.5)]
    [TestCase(-15, -9, 1, null)] // within the tolerance, but it is encoded anyway
    public void A_gain_is_enough_where_the_peaks_have_room(double integrated, double truePeak, double gain, double? limit) =>
        Assert.That(Normalisation.Of(new(integrated, truePeak, 5, integrated - 10), Profile), Is.EqualTo(new Normalisation(gain, limit)));

    [TestCase(-14)]
    [TestCase(-14.2)]
    [TestCase(-70)]
    [TestCase(double.NegativeInfinity)]
    public void What_is_there_or_silent_is_left(double integrated) =>
        Assert.That(Normalisation.Of(new(integrated, -20, 5, -40), Profile), Is.Null);

    [Test]
    public void So_is_what_was_not_measured_or_has_no_target() => Assert.Multiple(() =>
    {
        Assert.That(Normalisation.Of(null, Profile), Is.Null);
        Assert.That(Normalisation.Of(new(-40, -20, 5, -50), Profile with { Loudness = null }), Is.Null);
    });

    [TestCase(-14.2, 9)]
    [TestCase(-17, 12)]
    [TestCase(-13, 8)]
    public void What_the_limiter_took_is_given_back(double rehearsed, double gain) => Assert.That(
        new Normalisation(9, -1.5).Corrected(new(rehearsed, -1.5, 5, -24), Profile), Is.EqualTo(new Normalisation(gain, -1.5)));

    [Test]
    public void Filters_are_written_alike_everywhere() => Assert.Multiple(() =>
    {
        Assert.That(new Normalisation(-6.456, null).Filters, Is.EqualTo(new[] { "volume=-6.46dB" }));
        Assert.That(
            new Normalisation(3, -9).Filters, Is.EqualTo(new[] { "aresample=192000", "volume=3dB", "alimiter=level=false:limit=0.3548:attack=5:release=50" }));
    });

    [TestCase(-14.9, null)]
    [TestCase(-15.1, "its loudness is -15.1 LUFS instead of -14")]
    [TestCase(-12.9, "its loudness is -12.9 LUFS instead of -14")]
    [TestCase(-70, "its loudness is -70 LUFS instead of -14")]
    public void The_output_has_to_be_within_the_tolerance(double integrated, string? problem) => Assert.That(
        OutputCheck.LoudnessProblem(new(integrated, -2, 5, -24), Profile), problem is null ? Is.Null : Does.StartWith(problem));
}
