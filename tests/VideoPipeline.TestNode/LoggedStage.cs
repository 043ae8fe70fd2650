using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.TestNode;

/// <summary>
/// Takes its time, then adds a line to the table <c>effects</c> in the transaction that completes the job. It doesn't listen
/// when it is told to stop, as a stage that is frozen can't: the worst kind of late worker. Some attempts fail.
/// </summary>
internal sealed class LoggedStage(JobType jobType, IConfiguration configuration) : IStage
{
    private readonly int _longest = configuration.GetValue("TestNode:LongestMilliseconds", 0);
    private readonly double _failing = configuration.GetValue("TestNode:FailingShare", 0.0);

    public JobType JobType => jobType;

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (_longest > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(_longest)), TimeProvider.System, CancellationToken.None);
        }

        if (Random.Shared.NextDouble() < _failing)
        {
            throw new TransientFailureException("Out of luck.");
        }

        var job = context.Job;
        return new StageResult
        {
            Apply = async (db, now, _) =>
            {
                await db.Database.ExecuteSqlAsync(
                    $"INSERT INTO effects (job_id, token, worker) VALUES ({job.Id}, {job.LeaseToken!.Value}, {job.Worker})", CancellationToken.None);
                return job.JobType == JobType.Scrape ? [await FirstJobOfNewVideoAsync(db, context.Channel, now)] : [];
            },
        };
    }

    private static async Task<VideoProcessingJob> FirstJobOfNewVideoAsync(Database.PipelineDbContext db, Channel channel, DateTimeOffset now)
    {
        var video = new Video { ChannelId = channel.Id, ExternalId = "only", Url = "/only.mp4", Title = "Only", CreatedAt = now, UpdatedAt = now };
        db.Videos.Add(video);
        await db.SaveChangesAsync();
        return new VideoProcessingJob
        {
            JobType = JobType.Download,
            ChannelId = channel.Id,
            VideoId = video.Id,
            Priority = channel.Priority,
            MaxAttempts = VideoProcessingJob.MaxMaxAttempts,
            QueuedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
