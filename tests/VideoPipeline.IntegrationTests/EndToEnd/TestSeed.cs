namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Chance that can be repeated: the seed is always the same, unless <c>VIDEOPIPELINE_TEST_SEED</c> names another.</summary>
internal static class TestSeed
{
    private const string Variable = "VIDEOPIPELINE_TEST_SEED";
    private const int Default = 20261124;

    public static Random NewRandom()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), out var given) ? given : Default;
        TestContext.Out.WriteLine($"{Variable}={seed}");
        return new Random(seed);
    }
}
