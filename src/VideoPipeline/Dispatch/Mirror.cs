using System.Threading.Channels;
using Hangfire;
using Hangfire.States;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// Gives the first rows of each queue a background job in Hangfire, and takes it away from rows that wait no more. Holds
/// no truth: everything here is rebuilt from the rows, and compared with them by <see cref="Reconciler"/>. One loop does all
/// the work of this process in the order in which it is told, so nothing here needs a lock; and nobody who tells it waits for
/// it, so Hangfire's filters, which run under Hangfire's own locks, can.
/// </summary>
/// <remarks>
/// <see cref="LocalMirror"/> where Hangfire is in this process's memory, <see cref="SharedMirror"/> where nodes share it.
/// </remarks>
internal abstract class Mirror(IBackgroundJobClient client, ILogger logger) : BackgroundService, IBackgroundJobs
{
    /// <summary>So many failures are shown in Hangfire, which keeps failed background jobs for ever; the rows have them all.</summary>
    protected const int MaxFailed = 1000;

    private readonly Channel<Func<CancellationToken, Task>> _told =
        Channel.CreateUnbounded<Func<CancellationToken, Task>>(new() { SingleReader = true });

    /// <summary>Compares rows and background jobs, and mends what differs; returns when it is done.</summary>
    public abstract Task SyncAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A worker had this background job and didn't start its row, which still waits: it goes back to its place.
    /// </summary>
    /// <returns>The state in which the background job ends or waits on.</returns>
    public abstract IState PutBack(JobType jobType, long jobId, BackgroundJob backgroundJob, string reason);

    /// <summary>This background job waits in Hangfire's <c>Scheduled</c> state for its row's next attempt.</summary>
    public abstract void Scheduled(JobType jobType, long jobId, string backgroundJobId);

    /// <summary>This background job shows its row's failure.</summary>
    public abstract void Failed(long jobId, string backgroundJobId);

    public string? StandingFor(VideoProcessingJob job) =>
        (job is { Status: JobStatus.Queued, GithubWorkflowRunId: null } ? WaitingFor(job) : null) ?? job.HangfireJobId;

    /// <summary>The background job that waits in the stead of this row, which waits; null when it has none. Called on any thread.</summary>
    protected abstract string? WaitingFor(VideoProcessingJob job);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var told in _told.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await told(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    // What is wrong now is mended by the next reconciliation.
                    logger.LogError(exception, "Mirroring failed");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    protected void Tell(Func<CancellationToken, Task> told) => _told.Writer.TryWrite(told);

    /// <summary>Completes when the loop has done it, and all that it was told before.</summary>
    protected Task TellAsync(Func<CancellationToken, Task> told)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(async stop =>
        {
            try
            {
                await told(stop);
                done.TrySetResult();
            }
            catch (Exception exception)
            {
                done.TrySetException(exception);
            }
        });
        return done.Task;
    }

    /// <summary>Unless it has left this state meanwhile: then a worker has it, and its claim decides.</summary>
    protected void Delete(string backgroundJobId, string expectedState, string reason) =>
        client.ChangeState(backgroundJobId, new MirrorDeletedState(reason), expectedState);
}
