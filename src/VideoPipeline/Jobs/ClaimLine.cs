using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Jobs;

/// <summary>
/// Where this process's workers of one job type claim the jobs that they fetched. Two workers that fetched one after the
/// other may arrive in the other order, so whoever stands in line is served in the jobs' order, together, in one write; and
/// a job that another waiting one goes before is let through only after that one: its worker is on its way, and serves the
/// whole line when it comes, or is another node's, and the line looks again.
/// </summary>
/// <param name="patience">How long a worker stands in line: long enough for those that fetched just before it.</param>
internal sealed class ClaimLine(JobType jobType, RowWriter writer, TimeProvider time, TimeSpan patience)
{
    /// <summary>A job that waits for longer is no longer on its way into the window: whatever it outranks lets it go first.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the line looks again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly List<Request> _line = [];

    /// <summary>Claims the job if it is still queued and no workflow's; null when it isn't.</summary>
    /// <param name="claim">What the claim changes on the row, at the moment that is given.</param>
    /// <exception cref="OutrankedException">A job that goes before this one still waits; nothing was written.</exception>
    public async Task<VideoProcessingJob?> ClaimAsync(long jobId, Action<VideoProcessingJob, DateTimeOffset> claim)
    {
        var request = new Request(jobId, claim);
        var since = time.GetTimestamp();
        lock (_gate)
        {
            _line.Add(request);
        }

        while (true)
        {
            await ServeAsync();
            if (!request.Served.Task.IsCompleted)
            {
                await Task.WhenAny(request.Served.Task, Task.Delay(LookInterval, time));
            }

            if (request.Served.Task.IsCompleted)
            {
                return await request.Served.Task;
            }

            lock (_gate)
            {
                // Not in line and not served: it is being served right now.
                if (time.GetElapsedTime(since) >= patience && _line.Remove(request))
                {
                    throw new OutrankedException(request.Ahead);
                }
            }
        }
    }

    /// <summary>Serves all who stand in line and whose turn it is.</summary>
    private async Task ServeAsync()
    {
        List<Request> taken = [];
        try
        {
            await writer.WriteAsync(async db =>
            {
                lock (_gate)
                {
                    // Nothing is taken yet, unless the database has failed this operation and it runs again.
                    taken.ForEach(request => request.Claimed = null);
                    taken.AddRange(_line);
                    _line.Clear();
                }

                if (taken.Count > 0)
                {
                    await ClaimAsync(db, taken);
                }
            });

            // Only now: a claim that was not committed is none.
            taken.ForEach(request => request.Served.TrySetResult(request.Claimed));
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another node was faster with one of them. The next look finds that one claimed, and the others free.
            lock (_gate)
            {
                taken.ForEach(request => request.Claimed = null);
                _line.AddRange(taken);
            }
        }
        catch (Exception exception)
        {
            taken.ForEach(request => request.Served.TrySetException(exception));
        }
    }

    /// <summary>Claims in order; takes those from the list whose turn it isn't, back into the line.</summary>
    private async Task ClaimAsync(PipelineDbContext db, List<Request> taken)
    {
        var ids = taken.Select(request => request.JobId).ToList();
        var jobs = await db.Jobs.AsTracking().Where(j => ids.Contains(j.Id)).ToDictionaryAsync(j => j.Id);

        // One moment for the look at the others and for the claim: what waits by then goes first.
        var now = time.GetUtcNow();
        var since = now - Settled;
        var ahead = await db.Jobs.Where(JobQuery.Waiting).Where(j => j.JobType == jobType && j.QueuedAt < since).InOrder().Take(ids.Count + 1)
            .Select(JobQuery.Place).ToListAsync();
        ahead.RemoveAll(job => jobs.ContainsKey(job.Id));

        foreach (var request in taken.ToList())
        {
            if (!jobs.TryGetValue(request.JobId, out var job) || job.Status != JobStatus.Queued || job.GithubWorkflowRunId is not null)
            {
                continue;
            }

            if (ahead.Count > 0 && ahead[0] < WaitingJob.Of(job))
            {
                taken.Remove(request);
                request.Ahead = ahead[0];
                lock (_gate)
                {
                    _line.Add(request);
                }
            }
            else
            {
                request.Claim(job, now);
                request.Claimed = job;
            }
        }

        await db.SaveChangesAsync();
    }

    private sealed class Request(long jobId, Action<VideoProcessingJob, DateTimeOffset> claim)
    {
        public long JobId => jobId;

        public Action<VideoProcessingJob, DateTimeOffset> Claim => claim;

        public VideoProcessingJob? Claimed { get; set; }

        /// <summary>Who goes first.</summary>
        public WaitingJob Ahead { get; set; }

        public TaskCompletionSource<VideoProcessingJob?> Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>It isn't this job's turn: one that goes before it waits.</summary>
public sealed class OutrankedException(WaitingJob ahead) : Exception($"Job {ahead.Id} goes first.")
{
    public WaitingJob Ahead => ahead;
}
