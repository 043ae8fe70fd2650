using Hangfire.States;
using Hangfire.Storage;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Shows in Hangfire what became of the row. The rules (how often, after how long) are <see cref="Transition"/>'s and
/// <see cref="RetryBackoff"/>'s and were applied to the row already; the <c>Scheduled</c> state is for the eye, since
/// <see cref="RetryTimer"/> queues the row when its time comes.
/// </summary>
internal sealed class RetryFilter(Lazy<Mirror> mirror) : IElectStateFilter, IApplyStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is not SucceededState { Result: JobOutcome outcome }
            || MirroredJob.RowOf(context.BackgroundJob) is not var (jobType, jobId))
        {
            return;
        }

        switch (outcome)
        {
            case JobOutcome.Completed:
                break;
            case JobOutcome.Retrying retrying:
                context.CandidateState = new ScheduledState(retrying.At.UtcDateTime) { Reason = retrying.Reason };
                break;
            case JobOutcome.Failed failed:
                context.CandidateState = new FailedState(new JobFailedException(failed.Message)) { Reason = failed.Message };
                break;
            case JobOutcome.GivenBack givenBack:
                context.CandidateState = mirror.Value.PutBack(jobType, jobId, context.BackgroundJob, $"given back: {givenBack.Reason}");
                break;
            case JobOutcome.Taken:
                context.CandidateState = new MirrorDeletedState("its job was cancelled, or taken over by another worker");
                break;
            case JobOutcome.NotWaiting notWaiting:
                context.CandidateState = new MirrorDeletedState($"its job was not waiting: {notWaiting.Status?.Name() ?? "gone"}");
                break;
        }
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (MirroredJob.RowOf(context.BackgroundJob) is not var (jobType, jobId))
        {
            return;
        }

        switch (context.NewState)
        {
            case ScheduledState:
                mirror.Value.Scheduled(jobType, jobId, context.BackgroundJob.Id);
                break;
            case FailedState:
                mirror.Value.Failed(jobId, context.BackgroundJob.Id);
                break;
        }
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }
}

/// <summary>Carries a job's error message into Hangfire's <c>Failed</c> state.</summary>
public sealed class JobFailedException(string message) : Exception(message);
