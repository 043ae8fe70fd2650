using Hangfire.States;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Makes the dashboard's buttons act on the rows: Requeue (of what has ended or waits for a retry) is a manual retry,
/// Delete a cancel. The row changes first; were the process to die before Hangfire's own change, the mirror follows the row.
/// </summary>
internal sealed class DashboardFilter(Lazy<QueueService> queue) : IElectStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CurrentState is null || MirroredJob.RowOf(context.BackgroundJob) is not var (_, jobId))
        {
            return;
        }

        switch (context.CandidateState)
        {
            case EnqueuedState and not MirrorEnqueuedState when HasEnded(context.CurrentState) || IsScheduled(context.CurrentState):
                context.CandidateState = new MirrorDeletedState(Retry(jobId));
                break;
            case DeletedState and not MirrorDeletedState when !HasEnded(context.CurrentState):
                Cancel(jobId);
                break;
        }
    }

    /// <summary>
    /// Requeue of what is enqueued or runs changes nothing: the row is queued or processing already, and the claim refuses
    /// the second delivery. And Delete of what has ended removes a record only: its row may be running again elsewhere.
    /// </summary>
    private static bool HasEnded(string state) =>
        state == FailedState.StateName || state == DeletedState.StateName || state == SucceededState.StateName;

    private static bool IsScheduled(string state) => state == ScheduledState.StateName;

    private string Retry(long jobId)
    {
        try
        {
            // Filters are synchronous. The caller is a dashboard request, and no thread that this waits for waits for it.
            queue.Value.RetryJobAsync(jobId).GetAwaiter().GetResult();
            return RetriedRecord.Reason(jobId);
        }
        catch (Exception exception) when (exception is ConflictException or UnknownIdException)
        {
            return $"not requeued: {exception.Message}";
        }
    }

    private void Cancel(long jobId)
    {
        try
        {
            queue.Value.CancelJobAsync(jobId).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is ConflictException or UnknownIdException)
        {
            // It has ended: only its record in Hangfire goes.
        }
    }
}
