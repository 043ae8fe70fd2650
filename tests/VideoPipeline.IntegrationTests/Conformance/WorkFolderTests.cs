using System.Collections.Concurrent;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>What an attempt leaves behind may be what fills the disk, on which the rows may be, too.</summary>
public sealed class WorkFolderTests
{
    [Test]
    public async Task An_attempts_folder_is_gone_before_its_outcome_is_written()
    {
        using var folder = new TemporaryFolder();
        var thrown = new Dictionary<long, Exception?>();
        var folders = new ConcurrentDictionary<long, string>();
        var left = new ConcurrentDictionary<long, bool>();
        await using var host = await QueueHost.StartAsync(
            new Dictionary<string, string?> { ["DataDirectory"] = folder.Path, ["Retry:BaseDelay"] = "01:00:00" },
            async (context, _) =>
            {
                Directory.CreateDirectory(context.WorkFolder);
                await File.WriteAllTextAsync(Path.Combine(context.WorkFolder, "output.mp4"), "half of it", CancellationToken.None);
                folders[context.Job.VideoId!.Value] = context.WorkFolder;
                return thrown[context.Job.VideoId.Value] is { } exception ? throw exception : new StageResult();
            });
        host.Service<JobSignals>().Ended += (job, _) => left[job.VideoId!.Value] = Directory.Exists(folders[job.VideoId.Value]);
        var videos = await host.AddVideosAsync(4);
        thrown[videos[0]] = new SnoozeException("the disk is full", TimeProvider.System.GetUtcNow().AddHours(1));
        thrown[videos[1]] = new TransientFailureException("cut");
        thrown[videos[2]] = new PermanentFailureException("404");
        thrown[videos[3]] = null;

        foreach (var video in videos)
        {
            await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Publish, VideoId = video });
        }

        await Eventually.TrueAsync(() => left.Count == videos.Length, "all have ended");
        Assert.That(left.Values, Is.All.False);
    }
}
