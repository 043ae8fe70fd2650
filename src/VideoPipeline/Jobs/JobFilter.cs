namespace VideoPipeline.Jobs;

/// <summary>Which jobs a listing or a bulk operation means; what is null doesn't matter.</summary>
public sealed record JobFilter
{
    public JobStatus? Status { get; init; }

    public JobType? JobType { get; init; }

    public long? VideoId { get; init; }

    public long? ChannelId { get; init; }

    /// <summary>Whether the failed attempts have used up the budget.</summary>
    public bool? MaxAttemptsReached { get; init; }

    public IQueryable<VideoProcessingJob> Apply(IQueryable<VideoProcessingJob> jobs)
    {
        if (Status is { } status)
        {
            jobs = jobs.Where(j => j.Status == status);
        }

        if (JobType is { } jobType)
        {
            jobs = jobs.Where(j => j.JobType == jobType);
        }

        if (VideoId is { } videoId)
        {
            jobs = jobs.Where(j => j.VideoId == videoId);
        }

        if (ChannelId is { } channelId)
        {
            jobs = jobs.Where(j => j.ChannelId == channelId);
        }

        if (MaxAttemptsReached is { } reached)
        {
            jobs = jobs.Where(j => j.Attempts - j.LostAttempts >= j.MaxAttempts == reached);
        }

        return jobs;
    }
}
