using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>Which background job of Hangfire stands for a row.</summary>
public interface IBackgroundJobs
{
    /// <summary>
    /// The one that waits in the row's stead, else the one of its latest attempt; null when there is none: a row gets one a
    /// moment after it began to wait, and behind the mirrored head of its queue it has none yet. Asks no database.
    /// </summary>
    string? StandingFor(VideoProcessingJob job);
}
