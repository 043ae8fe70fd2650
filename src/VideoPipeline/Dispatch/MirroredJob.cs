using Hangfire;
using Hangfire.Server;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;

namespace VideoPipeline.Dispatch;

/// <summary>The body of every background job that mirrors a row. What becomes of it is written to the row by <see cref="JobRunner"/>.</summary>
public sealed class MirroredJob(JobRunner runner, ThisNode node)
{
    private const int MaxSubjectLength = 100;

    /// <param name="label">Its name in the dashboard.</param>
    /// <param name="context">Given by Hangfire.</param>
    /// <returns>What <see cref="RetryFilter"/> translates into the background job's next state.</returns>
    [JobDisplayName("{2}")]
    public async Task<JobOutcome> RunAsync(long jobId, JobType jobType, string label, PerformContext? context)
    {
        var backgroundJobId = context!.BackgroundJob.Id;
        var outcome = await runner.RunAsync(jobId, jobType, node.NameOf(jobType.Name()), backgroundJobId);
        if (outcome is JobOutcome.NotWaiting { Status: JobStatus.Processing } notWaiting && notWaiting.HeldBy == backgroundJobId)
        {
            // A second delivery of this very background job (requeued by hand while it waited or ran): the first one runs the
            // job and will report. Ending like this leaves the background job's state to it.
            throw new JobAbortedException();
        }

        return outcome;
    }

    /// <param name="subject">What the job is about, see <see cref="JobSubjects"/>; null when it isn't known.</param>
    internal static Hangfire.Common.Job For(WaitingJob job, string? subject) => new(
        typeof(MirroredJob),
        typeof(MirroredJob).GetMethod(nameof(RunAsync)),
        [job.Id, job.JobType, LabelOf(job, subject), null],
        QueueName.Of(job.JobType, job.Priority));

    private static string LabelOf(WaitingJob job, string? subject)
    {
        subject ??= job.VideoId is { } videoId ? $"video {videoId}" : $"channel {job.ChannelId}";
        return $"{job.JobType.Name()} - {Shorten(subject)} (p{job.Priority})";
    }

    /// <summary>Every background job carries it, and a list shows one line of it.</summary>
    private static string Shorten(string subject)
    {
        if (subject.Length <= MaxSubjectLength)
        {
            return subject;
        }

        // Not between the two halves of a character.
        var end = char.IsHighSurrogate(subject[MaxSubjectLength - 2]) ? MaxSubjectLength - 2 : MaxSubjectLength - 1;
        return $"{subject.AsSpan(0, end).TrimEnd()}…";
    }

    /// <summary>The row that a background job mirrors; null for other background jobs.</summary>
    public static (JobType JobType, long JobId)? RowOf(Hangfire.BackgroundJob? backgroundJob) => RowOf(backgroundJob?.Job);

    /// <inheritdoc cref="RowOf(Hangfire.BackgroundJob?)"/>
    public static (JobType JobType, long JobId)? RowOf(Hangfire.Common.Job? job) =>
        job is not null && job.Type == typeof(MirroredJob) ? ((JobType)job.Args[1], (long)job.Args[0]) : null;
}
