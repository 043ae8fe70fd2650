namespace VideoPipeline.Jobs;

/// <summary>What decides the place of a queued job, ordered as workers take them: higher priority first, then older first.</summary>
public readonly record struct WaitingJob(long Id, JobType JobType, int Priority, DateTimeOffset QueuedAt, long ChannelId, long? VideoId)
    : IComparable<WaitingJob>
{
    public static WaitingJob Of(VideoProcessingJob job) =>
        new(job.Id, job.JobType, job.Priority, Truncate(job.QueuedAt), job.ChannelId, job.VideoId);

    public int CompareTo(WaitingJob other)
    {
        var byPriority = other.Priority.CompareTo(Priority);
        if (byPriority != 0)
        {
            return byPriority;
        }

        var byAge = QueuedAt.CompareTo(other.QueuedAt);
        return byAge != 0 ? byAge : Id.CompareTo(other.Id);
    }

    /// <summary>To microseconds, as databases keep it: a row that was just written equals the same row read again.</summary>
    private static DateTimeOffset Truncate(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), time.Offset);

    public static bool operator <(WaitingJob left, WaitingJob right) => left.CompareTo(right) < 0;

    public static bool operator >(WaitingJob left, WaitingJob right) => left.CompareTo(right) > 0;

    public static bool operator <=(WaitingJob left, WaitingJob right) => left.CompareTo(right) <= 0;

    public static bool operator >=(WaitingJob left, WaitingJob right) => left.CompareTo(right) >= 0;
}
