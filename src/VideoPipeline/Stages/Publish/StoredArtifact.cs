using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Publish;

/// <summary>What the stages before have left for publishing.</summary>
internal static class StoredArtifact
{
    /// <exception cref="PermanentFailureException">It was never made.</exception>
    public static Artifact Require(StageContext context, ArtifactKind kind) =>
        context.Artifacts.FirstOrDefault(artifact => artifact.Kind == kind) ?? throw Missing(kind);

    /// <summary>A file on this machine with it.</summary>
    /// <exception cref="PermanentFailureException">It isn't in the store.</exception>
    public static async Task<string> FileOfAsync(IArtifactStore store, Artifact artifact, StageContext context, CancellationToken cancellationToken) =>
        await store.FindFileAsync(artifact.Key, artifact.Digest, context.WorkFolder, cancellationToken) ?? throw Missing(artifact.Kind);

    private static PermanentFailureException Missing(ArtifactKind kind) =>
        new($"The {LowerCaseEnum<ArtifactKind>.Name(kind)} is not in the store. Run the transform again.");
}
