using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Artifacts;

/// <summary>Settings <c>VideoPipeline:Artifacts</c>.</summary>
public sealed class ArtifactOptions
{
    /// <summary>Where stored files are kept.</summary>
    [EnumDataType(typeof(ArtifactStoreKind))]
    public ArtifactStoreKind Kind { get; set; } = ArtifactStoreKind.Folder;
}

public enum ArtifactStoreKind
{
    /// <summary>Below <see cref="PipelineFolders.Artifacts"/>.</summary>
    Folder,

    /// <summary>In a bucket of an S3 server.</summary>
    S3,
}
