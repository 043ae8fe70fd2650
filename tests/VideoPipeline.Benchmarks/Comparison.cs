namespace VideoPipeline.Benchmarks;

/// <summary>What was measured, beside its baseline.</summary>
/// <param name="Values">One for each round.</param>
/// <param name="Baselines">One for each round.</param>
/// <param name="Target">For people.</param>
internal sealed record Comparison(
    string Name, string Unit, IReadOnlyList<double> Values, IReadOnlyList<double> Baselines, double? AtLeast, double? AtMost)
{
    public double Value => Median(Values);

    public double Baseline => Median(Baselines);

    /// <summary>The median of the rounds' ratios: what slows the machine for a while slows both sides of a round.</summary>
    public double Ratio => Median([.. Values.Zip(Baselines, (value, baseline) => value / baseline)]);

    public string Target => AtLeast is { } least ? $"at least {least}" : $"at most {AtMost}";

    public bool IsMet => !(Ratio < AtLeast) && !(Ratio > AtMost);

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
