using VideoPipeline.Server.Pages.Statistics;

namespace VideoPipeline.Tests.Server.Pages;

public sealed class ChartShapeTests
{
    [TestCase(0, 1)]
    [TestCase(0.07, 0.1)]
    [TestCase(1, 1)]
    [TestCase(1.1, 2)]
    [TestCase(2.1, 2.5)]
    [TestCase(26, 50)]
    [TestCase(999, 1000)]
    public void The_scale_ends_at_a_round_number(double largest, double ceiling) => Assert.That(ChartShape.Ceiling(largest), Is.EqualTo(ceiling).Within(1e-9));

    [Test]
    public void A_line_is_broken_where_there_is_no_value()
    {
        Assert.That(ChartShape.Line([1, null, 0, 1], ceiling: 1), Is.EqualTo("M474 156L638 10"));
        Assert.That(ChartShape.Line([null, null], ceiling: 1), Is.Empty);
    }

    [Test]
    public void A_value_between_gaps_is_a_dot()
    {
        Assert.That(ChartShape.Dots([1, null, 0, 1], ceiling: 1), Is.EqualTo("M146 10h0"));
        Assert.That(ChartShape.Dots([0], ceiling: 1), Is.EqualTo("M392 156h0"));
        Assert.That(ChartShape.Dots([0, 1, null], ceiling: 1), Is.Empty);
    }

    [Test]
    public void A_bar_stands_on_what_lies_below_it() =>
        Assert.That(ChartShape.Bar(1, 2, below: 1, value: 1, ceiling: 4), Is.EqualTo("M394 119.5V83h324V119.5z"));
}
