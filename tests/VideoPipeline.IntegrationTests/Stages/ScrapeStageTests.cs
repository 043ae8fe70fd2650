using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class ScrapeStageTests
{
    private static readonly DateTime Old = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private StageBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await StageBench.StartAsync();

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task Each_new_video_gets_one_download_however_often_it_is_scraped()
    {
        Write("a.mp4", "talks/b.mkv", "notes.txt");
        var channel = await _bench.AddChannelAsync();

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(2, 2, 0)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(2, 0, 0)));
        Write("c.mp4");
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(3, 1, 0)));

        await using var db = _bench.Database();
        var videos = await db.Videos.OrderBy(v => v.Id).ToListAsync();
        var downloads = await db.Jobs.Where(j => j.JobType == JobType.Download).ToListAsync();
        Assert.Multiple(() =>
        {
            Assert.That(videos.Select(video => video.ExternalId), Is.EqualTo(new[] { "a.mp4", "talks/b.mkv", "c.mp4" }));
            Assert.That(videos[1].Title, Is.EqualTo("b"));
            Assert.That(videos[1].PublishedAt!.Value.UtcDateTime, Is.EqualTo(Old));
            Assert.That(downloads.Select(job => job.VideoId), Is.EquivalentTo(videos.Select(video => (long?)video.Id)));
            Assert.That(downloads, Has.All.Property(nameof(VideoProcessingJob.Priority)).EqualTo(7));
            Assert.That(downloads, Has.All.Property(nameof(VideoProcessingJob.MaxAttempts)).EqualTo(3));
            Assert.That(db.Channels.Single().LastScrapedAt, Is.Not.Null);
        });
    }

    [Test]
    public async Task A_video_that_somebody_added_meanwhile_is_not_added_twice()
    {
        Write("a.mp4", "b.mp4");
        var channel = await _bench.AddChannelAsync();
        var context = await _bench.ClaimAsync(JobType.Scrape, channel.Id, null);
        var result = await _bench.Stage(JobType.Scrape).RunAsync(context, CancellationToken.None);
        await using (var db = _bench.Database())
        {
            db.Videos.Add(new() { ChannelId = channel.Id, ExternalId = "a.mp4", Url = "/a.mp4", Title = "a" });
            await db.SaveChangesAsync();
        }

        Assert.That(await _bench.Get<JobRows>().CompleteAsync(context.Job, result));

        await using var after = _bench.Database();
        Assert.That(await after.Videos.CountAsync(), Is.EqualTo(2));
        Assert.That(await after.Jobs.CountAsync(j => j.JobType == JobType.Download), Is.EqualTo(1));
    }

    [Test]
    public async Task Filtered_videos_are_counted_as_skipped()
    {
        Write("talk 1.mp4", "talk 2.mp4", "talk 3 draft.mp4", "other.mp4");
        var channel = await _bench.AddChannelAsync(channel =>
            channel.Filters = new() { TitleInclude = "talk", TitleExclude = "draft", MaxPerRun = 1 });

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(4, 1, 3)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(4, 1, 2)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(4, 0, 2)));
    }

    [Test]
    public async Task Twenty_thousand_videos_are_added_in_seconds()
    {
        Write([.. Enumerable.Range(0, 20_000).Select(number => $"{number:00000}.mp4")]);
        var channel = await _bench.AddChannelAsync();

        var startedAt = TimeProvider.System.GetTimestamp();
        Assert.That(Result(await _bench.ScrapeAsync(channel)).New, Is.EqualTo(20_000));
        var elapsed = TimeProvider.System.GetElapsedTime(startedAt);

        TestContext.Out.WriteLine($"20,000 videos in {elapsed.TotalSeconds:0.0} s");
        Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
        await using var db = _bench.Database();
        Assert.That(await db.Jobs.CountAsync(j => j.JobType == JobType.Download), Is.EqualTo(20_000));
    }

    private static ScrapeResult Result(VideoProcessingJob job) => JsonSerializer.Deserialize<ScrapeResult>(job.Result!, JsonSerializerOptions.Web)!;

    private void Write(params string[] names)
    {
        foreach (var name in names)
        {
            var path = Path.Combine(_bench.SourceFolder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
            File.SetLastWriteTimeUtc(path, Old);
        }
    }
}
