using VideoPipeline.Stages;

namespace VideoPipeline.Artifacts;

/// <summary>Something else is stored under a key than its row says.</summary>
internal static class UnexpectedArtifact
{
    /// <returns>To be thrown by the caller.</returns>
    public static PermanentFailureException Failure(string key) =>
        new($"{key} in the store is not the file that was put there. Run the stage that makes it again.");
}
