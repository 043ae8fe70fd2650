using System.Globalization;
using System.Text.Json;
using VideoPipeline.Benchmarks;

// Every figure is a ratio against a baseline that was measured in the same run, in alternating rounds; medians.
if (args.Contains("--help") || args.Length is not (0 or 2) || (args.Length == 2 && args[0] != "--json"))
{
    Console.WriteLine("usage: bash tests/bench.sh [--json FILE]");
    return args.Contains("--help") ? 0 : 2;
}

var folder = Directory.CreateTempSubdirectory("videopipeline-bench-").FullName;
try
{
    List<Comparison> comparisons = [await QueueEmbedded.CompareAsync(Path.Combine(folder, "queue"))];
    comparisons.AddRange(await Transforms.CompareAsync(Path.Combine(folder, "transform")));

    Console.WriteLine();
    foreach (var comparison in comparisons)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{comparison.Name,-15} {comparison.Value,9:F2} {comparison.Unit,-12} baseline {comparison.Baseline,9:F2}   ratio {comparison.Ratio,6:F3}   ({comparison.Target}: {(comparison.IsMet ? "met" : "MISSED")})"));
    }

    if (args.Length == 2)
    {
        await File.WriteAllTextAsync(args[1], JsonSerializer.Serialize(new { benchmarks = comparisons }, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
    }

    return comparisons.TrueForAll(comparison => comparison.IsMet) ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
