using VideoPipeline.Jobs;

namespace VideoPipeline.Events;

/// <summary>Of which jobs a listener wants to hear; what is null doesn't matter.</summary>
public sealed record ChangeFilter(JobType? JobType = null, long? VideoId = null, long? ChannelId = null)
{
    public bool Matches(VideoProcessingJob job) =>
        (JobType is null || job.JobType == JobType) && (VideoId is null || job.VideoId == VideoId) && (ChannelId is null || job.ChannelId == ChannelId);
}
