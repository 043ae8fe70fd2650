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
    public void A_source_that_names_a_time_gets_it_the_first_time()
    {
        var state = new SourceState();

        Assert.That(Refuse(new(), Now, Now.AddHours(3)), Is.EqualTo(Now.AddHours(3)));
        Assert.That(Refuse(state, Now, Now.AddSeconds(2)), Is.EqualTo(Now.AddSeconds(2)));
        Assert.That(Refuse(state, Now.AddSeconds(2), Now.AddSeconds(4)), Is.EqualTo(Now.AddSeconds(2).AddMinutes(10)), "it didn't mean it");
        Assert.That(Refuse(state, Now.AddHours(1), Now.AddHours(3)), Is.EqualTo(Now.AddHours(3)), "a later one counts");
    }

    [Test]
    public void Jobs_that_began_before_a_short_pause_are_refused_with_the_first()
    {
        var state = new SourceState();
        Refuse(state, Now, Now.AddSeconds(1));

        Assert.That(Refuse(state, Now.AddSeconds(3), Now.AddSeconds(4), startedAt: Now.AddSeconds(-9)), Is.EqualTo(Now.AddSeconds(4)));
        Assert.That(state.Refusals, Is.EqualTo(1));
    }

    private static DateTimeOffset Refuse(SourceState state, DateTimeOffset now, DateTimeOffset? until = null, DateTimeOffset? startedAt = null) =>
        SourcePauses.Refuse(state, new SourceRefusedException("Go away.", until), Settings, startedAt ?? now, now);
}
