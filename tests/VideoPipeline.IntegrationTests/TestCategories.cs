namespace VideoPipeline.IntegrationTests;

/// <summary>By which <c>tests/run.sh</c> tells the tests apart.</summary>
internal static class TestCategories
{
    /// <summary>
    /// Keeps the processors busy and expects nothing to happen within a second: run with low priority beside the others,
    /// which mostly wait.
    /// </summary>
    public const string Heavy = "Heavy";

    /// <summary>Run only when asked for by name; NUnit alone would run them with whatever a filter lets through.</summary>
    public const string Explicit = "Explicit";
}
