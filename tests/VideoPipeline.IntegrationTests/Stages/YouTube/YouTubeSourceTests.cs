using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>A YouTube channel as a source, through the real Google client.</summary>
[Category(TestCategories.Heavy)]
public sealed class YouTubeSourceTests
{
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private YouTubeServer _server = null!;
    private StageBench _bench = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await YouTubeServer.StartAsync();
        _bench = await StageBench.StartAsync([.. _server.Settings(_folder.Of("token.json")).Select(pair => (pair.Key, pair.Value)), ("YouTube:DailyUnits", "11")]);
    }

    [TearDown]
    public async Task TearDown()
    {
        Assert.That(_server.Violations, Is.Empty);
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("https://www.youtube.com/@talks")]
    [TestCase($"https://www.youtube.com/channel/{YouTubeServer.ChannelId}")]
    public async Task All_uploads_are_found_page_by_page_and_later_the_new_ones(string url)
    {
        for (var day = 0; day < 120; day++)
        {
            _server.AddVideo($"Talk {day}", FirstDay.AddDays(day), "tag");
        }

        var channel = await AddChannelAsync(url);
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(120, 120, 0)));
        Assert.That(await SpentAsync(), Is.EqualTo(1 + (3 * 2)), "the channel, and each page with its videos");

        _server.AddVideo("Talk 120", FirstDay.AddDays(120));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(50, 1, 0)));
        Assert.That(await SpentAsync(), Is.EqualTo(7 + 1 + 2), "one page is new enough");

        await using var db = _bench.Database();
        var first = await db.Videos.OrderBy(v => v.Id).FirstAsync();
        Assert.That((first.Title, first.PublishedAt, first.DurationSeconds), Is.EqualTo(("Talk 0", FirstDay, 90.0)));
        Assert.That((first.Url, first.ExternalId), Is.EqualTo(("https://www.youtube.com/watch?v=old000001", first.Url)));
        Assert.That(await db.Jobs.CountAsync(j => j.JobType == JobType.Download), Is.EqualTo(121));
    }

    [Test]
    public async Task What_is_left_for_the_next_run_is_listed_again()
    {
        for (var day = 0; day < 60; day++)
        {
            _server.AddVideo($"Talk {day}", FirstDay.AddDays(day));
        }

        var channel = await AddChannelAsync("https://www.youtube.com/@talks", c => c.Filters = new() { MaxPerRun = 40 });

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(60, 40, 20)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(60, 20, 0)));
    }

    [Test]
    public async Task What_nobody_can_fetch_and_what_was_published_from_here_is_left_out()
    {
        _server.AddVideo("Private", FirstDay).Status["privacyStatus"] = "private";
        _server.AddVideo("In the making", FirstDay).UploadStatus = "uploaded";
        _server.AddVideo("Live", FirstDay).Snippet["liveBroadcastContent"] = "live";
        _server.AddVideo("Ours", FirstDay, $"vp-{Guid.NewGuid():N}");
        _server.AddVideo("Unlisted", FirstDay).Status["privacyStatus"] = "unlisted";

        Assert.That(Result(await _bench.ScrapeAsync(await AddChannelAsync("https://www.youtube.com/@talks"))), Is.EqualTo(new ScrapeResult(1, 1, 0)));
    }

    [Test]
    public async Task A_channel_that_is_not_there_is_a_permanent_failure()
    {
        var channel = await AddChannelAsync("https://www.youtube.com/@nobody");

        Assert.That((await Assert.ThrowsAsync<PermanentFailureException>(() => _bench.ScrapeAsync(channel)))!.Message, Does.Contain("no YouTube channel @nobody"));
    }

    [Test]
    public async Task A_channel_without_videos_is_scraped_until_it_has_some()
    {
        var channel = await AddChannelAsync("https://www.youtube.com/@talks");
        _server.Fail("playlistItems.list", 404, "playlistNotFound");

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(0, 0, 0)), "it has no list yet");
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(0, 0, 0)), "it has an empty one");
        await using (var db = _bench.Database())
        {
            // As an earlier version has left it.
            await db.SourceStates.ExecuteUpdateAsync(set => set.SetProperty(s => s.LastModified, DateTimeOffset.MinValue.ToString("O")));
        }

        _server.AddVideo("Talk", FirstDay);
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(1, 1, 0)));
    }

    [Test]
    public async Task Without_quota_the_scrape_waits_until_it_is_renewed()
    {
        await _bench.Get<QuotaLedger>().SpendAsync(YouTubeQuota.Units, 11, CancellationToken.None);
        var channel = await AddChannelAsync("https://www.youtube.com/@talks");

        var snooze = (await Assert.ThrowsAsync<SnoozeException>(() => _bench.ScrapeAsync(channel)))!;

        Assert.That(snooze.Until, Is.EqualTo(PacificDay.EndOf(TimeProvider.System.GetUtcNow())));
        Assert.That(_server.Calls, Is.Empty);
    }

    private Task<Channel> AddChannelAsync(string url, Action<Channel>? change = null) => _bench.AddChannelAsync(channel =>
    {
        channel.SourceKind = SourceKind.Youtube;
        channel.SourceUrl = url;
        change?.Invoke(channel);
    });

    private Task<int> SpentAsync() => _bench.Get<QuotaLedger>().UsedAsync(YouTubeQuota.Units, CancellationToken.None);

    private static ScrapeResult Result(VideoProcessingJob job) => JsonSerializer.Deserialize<ScrapeResult>(job.Result!, JsonSerializerOptions.Web)!;
}
