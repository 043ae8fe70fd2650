using VideoPipeline.Jobs;

namespace VideoPipeline.Dispatch;

/// <summary>
/// The Hangfire queue of a job type and priority: <c>download-00-p10</c> for the highest, <c>download-10-p0</c> for the
/// lowest. Some storages look into queues in the order of the array that a server is given, others in alphabetical order;
/// these names have the same order in both.
/// </summary>
public static class QueueName
{
    /// <summary>Runs scheduled scrapes: they only insert a row.</summary>
    public const string Schedule = "schedule";

    public static string Of(JobType jobType, int priority) => $"{jobType.Name()}-{VideoProcessingJob.MaxPriority - priority:00}-p{priority}";

    /// <summary>All queues of a job type, the highest priority first.</summary>
    public static string[] AllOf(JobType jobType) =>
        [.. Enumerable.Range(0, VideoProcessingJob.MaxPriority + 1).Select(below => Of(jobType, VideoProcessingJob.MaxPriority - below))];

    /// <summary>The job type whose queue this is; null for <see cref="Schedule"/> and strangers.</summary>
    public static JobType? TypeOf(string queue)
    {
        var end = queue.IndexOf('-', StringComparison.Ordinal);
        return end > 0 && LowerCaseEnum<JobType>.TryParse(queue[..end], out var jobType) ? jobType : null;
    }
}
