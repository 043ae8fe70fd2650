using VideoPipeline.Catalog;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Catalog;

public sealed class SourcePausesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SourceOptions Settings = new() { PauseDelay = TimeSpan.FromMinutes(5), MaxPauseDelay = TimeSpan.FromHours(1) };

    [TestCase(1, 5)]
    [TestCase(2, 10)]
    [TestCase(4, 40)]
    [TestCase(5, 60)]
    [TestCase(100_000, 60)]
    public void Each_refusal_makes_the_pause_longer_up_to_a_cap(int refusals, int minutes) =>
        Assert.That(SourcePauses.Delay(refusals, Settings), Is.EqualTo(TimeSpan.FromMinutes(minutes)));

    [Test]
    public void Refusals_during_a_pause_are_the_same_refusal()
    {
        var state = new SourceState();

        Assert.That(Refuse(state, Now), Is.EqualTo(Now.AddMinutes(5)));
        Assert.That(Refuse(state, Now.AddSeconds(1)), Is.EqualTo(Now.AddMinutes(5)));
        Assert.That(state.Refusals, Is.EqualTo(1));
        Assert.That(Refuse(state, Now.AddMinutes(5)), Is.EqualTo(Now.AddMinutes(15)));
        Assert.That((state.Refusals, state.PauseReason), Is.EqualTo((2, "Go away.")));
    }

    [Test]
    public void A_source_that_names_a_later_time_gets_it()
    {
        var state = new SourceState();

        Assert.That(Refuse(state, Now, Now.AddHours(3)), Is.EqualTo(Now.AddHours(3)));
        Assert.That(Refuse(new(), Now, Now.AddSeconds(1)), Is.EqualTo(Now.AddMinutes(5)), "an earlier one doesn't shorten the delay");
    }

    private static DateTimeOffset Refuse(SourceState state, DateTimeOffset now, DateTimeOffset? until = null) =>
        SourcePauses.Refuse(state, new SourceRefusedException("Go away.", until), Settings, now);
}
