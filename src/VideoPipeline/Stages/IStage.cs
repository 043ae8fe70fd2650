using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Stages;

/// <summary>
/// Does the work of one job type. A stage may be started twice, after a crash or by a worker that has lost its lease; its
/// effect must happen once: write to temporary names and move into place, and leave rows to <see cref="StageResult.Apply"/>.
/// </summary>
public interface IStage
{
    JobType JobType { get; }

    /// <exception cref="StageException">The work failed, and the stage knows whether trying again makes sense.</exception>
    Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken);
}

/// <summary>What a stage gets to know of its job.</summary>
public sealed class StageContext
{
    public required VideoProcessingJob Job { get; init; }

    public required Channel Channel { get; init; }

    /// <summary>Null for a scrape.</summary>
    public Video? Video { get; init; }

    /// <summary>The artifacts of <see cref="Video"/> as stored by the stages before.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    /// <summary>A folder of this attempt alone; made on first use by the stage, removed as soon as it ends, however it does.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>Takes what the stage has done so far; written at most once a second.</summary>
    public required Action<StageProgress> ReportProgress { get; init; }
}

/// <param name="Percent">0 to 100.</param>
/// <param name="Speed">Seconds of media done per second.</param>
/// <param name="Remaining">The estimated time to go.</param>
public readonly record struct StageProgress(double Percent, double? Speed = null, TimeSpan? Remaining = null);

/// <summary>What a stage hands back on success.</summary>
public sealed class StageResult
{
    /// <summary>Kept as the job's <c>result</c>; must serialize to JSON.</summary>
    public object? Value { get; init; }

    /// <summary>
    /// The rows that the stage adds or changes, in the transaction that completes the job: they exist exactly when it is
    /// completed. Returns the jobs to add besides the next stage's. Calls nothing but the database.
    /// </summary>
    public Func<PipelineDbContext, DateTimeOffset, CancellationToken, Task<IReadOnlyList<VideoProcessingJob>>>? Apply { get; init; }
}
