using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.GitHub;
using VideoPipeline.Nodes;

namespace VideoPipeline.Jobs;

/// <summary>Why a job doesn't run, and when it might.</summary>
/// <param name="Rank">How many jobs of its type go before it; null when it doesn't wait for a worker.</param>
/// <param name="BlockedBy">Each thing that keeps it from starting, for people; empty when nothing does.</param>
/// <param name="ExpectedStart">
/// When it started, if it runs; else an estimate from what keeps it, the average processing time and the workers of all nodes
/// that are alive. Null when nothing can be said.
/// </param>
public sealed record JobExplanation(long Id, JobStatus Status, int? Rank, IReadOnlyList<string> BlockedBy, DateTimeOffset? ExpectedStart)
{
    internal static JobExplanation Of(VideoProcessingJob job, JobSurroundings around, DateTimeOffset now) => job switch
    {
        { Status: JobStatus.Completed } => Without(job, "It is completed."),
        { Status: JobStatus.Failed } => Without(job, $"It has failed: {Sentence(job.ErrorMessage ?? "nobody knows why")} Retry it to run it again."),
        { Status: JobStatus.Cancelled } => Without(job, "It was cancelled. Retry it to run it again."),
        { Status: JobStatus.Processing } => new(
            job.Id,
            job.Status,
            Rank: null,
            job.LeaseExpiresAt < now ? [$"Nothing was heard of its worker {job.Worker} since its lease ran out at {job.LeaseExpiresAt:u}; it is about to be taken back."] : [],
            job.StartedAt),
        { GithubWorkflowRunId: { } runId } => Without(
            job,
            [
                $"GitHub workflow run {runId} runs it; local workers leave it alone." + (job.Attempts == 0 ? null : " That run has failed: run it again on GitHub."),
                .. job.Status == JobStatus.Retrying ? [Delay(job)] : Array.Empty<string>(),
            ]),
        _ => OfWaiting(job, around, now),
    };

    private static JobExplanation OfWaiting(VideoProcessingJob job, JobSurroundings around, DateTimeOffset now)
    {
        var type = job.JobType.Name();
        var blocks = new List<string>();

        // The earliest that everything with a known end allows; null when something has none.
        DateTimeOffset? earliest = now;
        foreach (var pause in around.Pauses)
        {
            blocks.Add($"The queue is paused ({(pause.Scope == QueuePause.All ? "all types" : pause.Scope)})"
                + (pause.PausedBy is null ? string.Empty : $" by {pause.PausedBy}")
                + (pause.Until is { } until ? $" until {until:u}" : string.Empty)
                + (pause.Reason is null ? "." : $": {Sentence(pause.Reason)}"));
            earliest = Later(earliest, pause.Until);
        }

        if (around.Source is { PausedUntil: { } asked } source && asked > now)
        {
            blocks.Add($"The channel's source is left alone until {asked:u}: {Sentence(source.PauseReason ?? "it asks to wait")}");
            earliest = Later(earliest, asked);
        }

        if (around.Slots == 0)
        {
            blocks.Add($"No node that is alive has {type} workers.");
            earliest = null;
        }

        if (job.Status == JobStatus.Retrying)
        {
            blocks.Add(Delay(job));
            return new(job.Id, job.Status, Rank: null, blocks, Later(earliest, job.QueuedAt));
        }

        if (around.Slots > 0 && (around.Rank > 0 || around.Running >= around.Slots))
        {
            blocks.Add($"{around.Rank} job(s) go before it; {around.Running} of {around.Slots} "
                + (around.Dispatch is { } target ? $"runs of {target.Workflow} of {target.Repository} are under way." : $"{type} worker(s) are busy."));
        }

        // Jobs that must end before it starts, spread over the workers.
        var turns = Math.Max(0, around.Rank + 1 + around.Running - around.Slots);
        var wait = turns == 0 ? 0 : around.Slots == 0 ? null : around.AverageSeconds * turns / around.Slots;
        return new(job.Id, job.Status, around.Rank, blocks, wait is { } seconds ? earliest?.AddSeconds(seconds) : null);
    }

    private static string Delay(VideoProcessingJob job) => job.WaitReason is { } reason
        ? $"It waits until {job.QueuedAt:u}: {Sentence(reason)}"
        : $"It waits for its retry at {job.QueuedAt:u}" + (job.ErrorMessage is { } error ? $", since it has failed: {Sentence(error)}" : ".");

    private static JobExplanation Without(VideoProcessingJob job, params IReadOnlyList<string> blocks) =>
        new(job.Id, job.Status, Rank: null, blocks, ExpectedStart: null);

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other is null ? null : one > other ? one : other;

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('!') || text.EndsWith('?') || text.EndsWith('…') ? text : $"{text}.";
}

/// <summary>What a job that waits for a worker depends on.</summary>
/// <param name="Pauses">Those in force that hold it.</param>
/// <param name="Source">What its channel's source has said; null when nothing, or when the job asks nothing of it.</param>
/// <param name="Slots">How many jobs of its type run at once, over all nodes that are alive.</param>
/// <param name="Running">How many of them run now.</param>
/// <param name="Rank">How many wait before it.</param>
/// <param name="AverageSeconds">How long one of its type takes; null while none has ended.</param>
/// <param name="Dispatch">The workflow that runs its type; null when local workers do.</param>
internal sealed record JobSurroundings(
    IReadOnlyList<QueuePause> Pauses, SourceState? Source, int Slots, int Running, int Rank, double? AverageSeconds, DispatchTarget? Dispatch = null)
{
    public static JobSurroundings None { get; } = new([], Source: null, Slots: 0, Running: 0, Rank: 0, AverageSeconds: null);

    public static async Task<JobSurroundings> ReadAsync(
        PipelineDbContext db,
        VideoProcessingJob job,
        IReadOnlyList<QueuePause> pauses,
        DispatchTarget? dispatch,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var asksSource = job.JobType is JobType.Scrape or JobType.Download;
        var sameType = db.Jobs.Where(j => j.JobType == job.JobType);
        return new(
            [.. pauses.Where(pause => pause.Scope == QueuePause.All || pause.Scope == job.JobType.Name())],
            asksSource ? await db.SourceStates.AsNoTracking().FirstOrDefaultAsync(s => s.ChannelId == job.ChannelId, cancellationToken) : null,
            dispatch?.MaxRuns ?? (await db.Nodes.AsNoTracking().Alive(now).ToListAsync(cancellationToken)).Sum(node => node.WorkersOf(job.JobType)),
            dispatch is null
                ? await sameType.CountAsync(j => j.Status == JobStatus.Processing && j.GithubWorkflowRunId == null && !j.GithubDispatched, cancellationToken)
                : await db.WorkflowDispatches.CountAsync(d => d.JobType == job.JobType && d.Slot != null, cancellationToken),
            await sameType.Where(JobQuery.Waiting).CountAsync(
                j => j.Priority > job.Priority
                    || (j.Priority == job.Priority && (j.QueuedAt < job.QueuedAt || (j.QueuedAt == job.QueuedAt && j.Id < job.Id))),
                cancellationToken),
            await sameType.Where(j => j.Status == JobStatus.Completed).AverageAsync(j => j.DurationSeconds, cancellationToken),
            dispatch);
    }
}
