using VideoPipeline.Catalog;
using VideoPipeline.Jobs;

namespace VideoPipeline.Stages.Publish;

/// <summary>Publishes a video at its channel's target.</summary>
public sealed class PublishStage(IEnumerable<IPublishTarget> targets, TimeProvider time) : IStage
{
    private readonly Dictionary<TargetKind, IPublishTarget> _targets = targets.ToDictionary(target => target.Kind);

    public JobType JobType => JobType.Publish;

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) => context.Video is null
        ? throw new PermanentFailureException("A publish needs a video.")
        : FullDisk.GuardAsync(() => _targets[context.Channel.TargetKind].PublishAsync(context, cancellationToken), time);
}
