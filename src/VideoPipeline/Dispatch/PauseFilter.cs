using Hangfire.States;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Puts a job back at its place that a worker fetched in the instant before its queue was paused: it isn't started, no
/// attempt is spent, the row is not touched.
/// </summary>
internal sealed class PauseFilter(PauseState pauses, Lazy<Mirror> mirror) : IElectStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is ProcessingState
            && MirroredJob.RowOf(context.BackgroundJob) is var (jobType, jobId)
            && pauses.IsPaused(jobType))
        {
            context.CandidateState = mirror.Value.PutBack(jobType, jobId, context.BackgroundJob, "the queue was paused; its job keeps its place");
        }
    }
}
