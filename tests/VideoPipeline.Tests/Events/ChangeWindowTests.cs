using VideoPipeline.Events;

namespace VideoPipeline.Tests.Events;

public sealed class ChangeWindowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void What_was_there_at_the_beginning_has_not_changed()
    {
        var window = new ChangeWindow([Row(1, 0)]);

        Assert.That(window.Changed([Row(1, 0)]), Is.Empty);
        Assert.That(window.Changed([Row(1, 0), Row(2, 0)]), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void A_row_that_is_committed_late_is_found_though_it_says_an_earlier_time()
    {
        var window = new ChangeWindow([Row(1, 5)]);

        Assert.That(window.Changed([Row(1, 5), Row(2, 3)]), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void A_row_is_found_that_a_node_has_changed_whose_clock_is_behind()
    {
        var window = new ChangeWindow([]);
        window.Remember([Row(1, 5)], whole: true);

        Assert.That(window.Changed([Row(1, 3)]), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Rows_of_the_same_moment_are_told_apart()
    {
        var window = new ChangeWindow([Row(1, 0), Row(2, 0)]);

        Assert.That(window.Changed([Row(1, 0), Row(2, 0), Row(3, 0)]), Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void A_change_is_found_until_it_is_remembered()
    {
        var window = new ChangeWindow([]);
        Assert.That(window.Changed([Row(1, 0)]), Is.EqualTo(new[] { 1 }));
        Assert.That(window.Changed([Row(1, 0)]), Is.EqualTo(new[] { 1 }));

        window.Remember([Row(1, 0)], whole: false);

        Assert.That(window.Changed([Row(1, 0)]), Is.Empty);
    }

    [Test]
    public void A_near_look_forgets_nothing_and_a_whole_one_what_has_left_the_window()
    {
        var window = new ChangeWindow([Row(1, 0)]);

        window.Remember([Row(2, 1)], whole: false);
        Assert.That(window.Changed([Row(1, 0), Row(2, 1)]), Is.Empty);

        window.Remember([Row(2, 1)], whole: true);
        Assert.That(window.Changed([Row(1, 0), Row(2, 1)]), Is.EqualTo(new[] { 1 }));
    }

    private static RowVersion Row(long id, int seconds) => new(id, Noon.AddSeconds(seconds));
}
