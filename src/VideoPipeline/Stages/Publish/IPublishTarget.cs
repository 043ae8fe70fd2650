using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Publish;

/// <summary>Where videos are published, of one kind.</summary>
public interface IPublishTarget
{
    TargetKind Kind { get; }

    /// <summary>
    /// Publishes the video of the job. May be called again for the same video, after a crash at any moment or by an operator;
    /// there is one published video in the end.
    /// </summary>
    /// <exception cref="StageException">It isn't published, or not yet.</exception>
    Task<StageResult> PublishAsync(StageContext context, CancellationToken cancellationToken);
}
