using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Nodes;

namespace VideoPipeline.Jobs;

/// <summary>Why a job doesn't run, and when it might.</summary>
/// <param name="Rank">How many jobs of its type go before it; null when it isn't queued.</param>
/// <param name="BlockedBy">Each thing that keeps it from starting, for people.</param>
/// <param name="ExpectedStart">An estimate from the average processing time and the workers of all nodes that are alive; null when nothing can be said.</param>
public sealed record JobExplanation(long Id, JobStatus Status, int? Rank, IReadOnlyList<string> BlockedBy, DateTimeOffset? ExpectedStart)
{
    internal static async Task<JobExplanation> OfAsync(
        PipelineDbContext db,
        VideoProcessingJob job,
        IReadOnlyList<QueuePause> pauses,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var blocks = new List<string>();
        if (!job.Status.IsActive())
        {
            blocks.Add(job.Status switch
            {
                JobStatus.Failed => $"It has failed: {job.ErrorMessage} Retry it to run it again.",
                JobStatus.Cancelled => "It was cancelled. Retry it to run it again.",
                _ => "It is completed.",
            });
            return new(job.Id, job.Status, Rank: null, blocks, ExpectedStart: null);
        }

        if (job.Status == JobStatus.Processing)
        {
            return new(job.Id, job.Status, Rank: null, blocks, job.StartedAt);
        }

        if (job.GithubWorkflowRunId is { } runId)
        {
            blocks.Add($"GitHub workflow run {runId} runs it; local workers leave it alone.");
            return new(job.Id, job.Status, Rank: null, blocks, ExpectedStart: null);
        }

        blocks.AddRange(pauses.Where(pause => pause.Scope == QueuePause.All || pause.Scope == job.JobType.Name()).Select(pause =>
            $"The queue is paused ({pause.Scope})"
            + (pause.Reason is null ? string.Empty : $": {pause.Reason}") + (pause.Until is { } until ? $", until {until:u}." : ".")));
        var slots = (await db.Nodes.AsNoTracking().Alive(now).ToListAsync(cancellationToken)).Sum(node => node.WorkersOf(job.JobType));
        if (slots == 0)
        {
            blocks.Add($"No node that is alive has {job.JobType.Name()} workers.");
        }

        if (job.Status == JobStatus.Retrying)
        {
            blocks.Add(job.WaitReason is null ? $"It waits for its retry at {job.QueuedAt:u}." : $"It waits until {job.QueuedAt:u}: {job.WaitReason}");
            return new(job.Id, job.Status, Rank: null, blocks, blocks.Count == 1 ? job.QueuedAt : null);
        }

        var sameType = db.Jobs.Where(j => j.JobType == job.JobType);
        var rank = await sameType.Where(JobQuery.Waiting).CountAsync(
            j => j.Priority > job.Priority
                || (j.Priority == job.Priority && (j.QueuedAt < job.QueuedAt || (j.QueuedAt == job.QueuedAt && j.Id < job.Id))),
            cancellationToken);
        if (blocks.Count > 0)
        {
            return new(job.Id, job.Status, rank, blocks, ExpectedStart: null);
        }

        var running = await sameType.CountAsync(j => j.Status == JobStatus.Processing && j.GithubWorkflowRunId == null, cancellationToken);
        if (rank > 0 || running >= slots)
        {
            blocks.Add($"{rank} job(s) go before it; {running} of {slots} {job.JobType.Name()} worker(s) are busy.");
        }

        var average = await sameType.Where(j => j.Status == JobStatus.Completed).AverageAsync(j => j.DurationSeconds, cancellationToken);
        var turns = Math.Max(0, rank + 1 + running - slots);
        return new(job.Id, job.Status, rank, blocks, average is null && turns > 0 ? null : now.AddSeconds((average ?? 0) * turns / slots));
    }
}
