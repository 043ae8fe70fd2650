using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.Tests.Stages.Scrape;

public sealed class ScrapeStageTests
{
    [Test]
    public void A_full_disk_makes_it_wait()
    {
        var time = TimeProvider.System;
        var stage = new ScrapeStage([new SourceOnFullDisk()], pauses: null!, contexts: null!, Options.Create(new RetryOptions()), time);
        var context = new StageContext
        {
            Job = NextStage.New(JobType.Scrape, channelId: 1, videoId: null, priority: 5, maxAttempts: 3, time.GetUtcNow()),
            Channel = new() { Name = "Talks", SourceKind = SourceKind.Folder, SourceUrl = "/", Profile = "default" },
            WorkFolder = "/none",
            ReportProgress = _ => { },
        };

        Assert.That(async () => await stage.RunAsync(context, CancellationToken.None), Throws.InstanceOf<SnoozeException>().With.Message.StartsWith("The disk is full"));
    }

    /// <summary>Listing writes, too: yt-dlp has a folder with its cookies.</summary>
    private sealed class SourceOnFullDisk : IVideoSource
    {
        public SourceKind Kind => SourceKind.Folder;

        public Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken) =>
            throw new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
    }
}
