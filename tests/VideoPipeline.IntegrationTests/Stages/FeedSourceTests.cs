using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Catalog;
using VideoPipeline.Database;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Scrape;

namespace VideoPipeline.IntegrationTests.Stages;

[Category(TestCategories.Heavy)]
public sealed class FeedSourceTests
{
    private StageBench _bench = null!;
    private SourceServer _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = await StageBench.StartAsync(("Sources:FeedTimeout", "00:00:02"), ("Sources:MaxFeedBytes", "100000"));
        _server = await SourceServer.StartAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _server.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task A_feed_is_listed_once_and_asked_for_news_after_that()
    {
        _server.OnText("/feed.xml", _server.Rss(("One", "/1.mp4"), ("Two", "/2.mp4")));
        var channel = await AddAsync("/feed.xml");

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(2, 2, 0)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(0, 0, 0, Unchanged: true)));
        _server.OnText("/feed.xml", _server.Rss(("One", "/1.mp4"), ("Two", "/2.mp4"), ("Three", "/3.mp4")), tag: "\"v2\"");
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(3, 1, 0)));

        await using var db = _bench.Database();
        var videos = await db.Videos.OrderBy(video => video.Id).ToListAsync();
        Assert.Multiple(() =>
        {
            Assert.That(videos.Select(video => (video.Title, video.ExternalId, video.Url)), Is.EqualTo(new[]
            {
                ("One", "/1.mp4", _server.Url("/1.mp4")), ("Two", "/2.mp4", _server.Url("/2.mp4")), ("Three", "/3.mp4", _server.Url("/3.mp4")),
            }));
            Assert.That(db.Jobs.Count(j => j.JobType == JobType.Download), Is.EqualTo(3));
            Assert.That(_server.Requests.Select(request => request.Headers.IfNoneMatch.ToString()), Is.EqualTo(new[] { "", "\"v1\"", "\"v1\"" }));
        });
    }

    [Test]
    public async Task A_date_of_the_feed_is_sent_back_as_it_came()
    {
        const string Modified = "Sun, 01 Mar 2026 10:00:00 GMT";
        _server.On("/feed.xml", context =>
        {
            context.Response.Headers.LastModified = Modified;
            return context.Response.WriteAsync(_server.Rss(("One", "/1.mp4")));
        });
        var channel = await AddAsync("/feed.xml");

        await _bench.ScrapeAsync(channel);
        await _bench.ScrapeAsync(channel);

        Assert.That(_server.Requests.Last().Headers.IfModifiedSince.ToString(), Is.EqualTo(Modified));
    }

    [Test]
    public async Task What_one_run_left_or_other_filters_want_is_listed_again_though_the_feed_has_not_changed()
    {
        _server.OnText("/feed.xml", _server.Rss(("One", "/1.mp4"), ("Two", "/2.mp4"), ("Three", "/3.mp4")));
        var channel = await AddAsync("/feed.xml", channel => channel.Filters = new() { MaxPerRun = 1, TitleExclude = "Three" });

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(3, 1, 2)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(3, 1, 1)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(0, 0, 0, Unchanged: true)));

        await using (var db = _bench.Database())
        {
            var later = channel.UpdatedAt.AddSeconds(1);
            await db.Channels.ExecuteUpdateAsync(set => set.SetProperty(c => c.Filters, new ScrapeFilters()).SetProperty(c => c.UpdatedAt, later));
        }

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(3, 1, 0)));
    }

    [Test]
    public async Task A_video_that_was_added_by_its_url_is_not_added_again()
    {
        _server.OnText("/feed.xml", _server.Rss(("One", "/1.mp4"), ("The same", "/1.mp4")));
        var channel = await AddAsync("/feed.xml");
        await using (var db = _bench.Database())
        {
            db.Videos.Add(new() { ChannelId = channel.Id, ExternalId = _server.Url("/1.mp4"), Url = _server.Url("/1.mp4"), Title = "By hand" });
            await db.SaveChangesAsync();
        }

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(1, 0, 0)));
    }

    [TestCase(429)]
    [TestCase(403)]
    public async Task A_feed_that_refuses_pauses_its_channel_and_is_not_asked_meanwhile(int status)
    {
        _server.OnStatus("/feed.xml", status);
        var channel = await AddAsync("/feed.xml");
        var context = await _bench.ClaimAsync(JobType.Scrape, channel.Id, null);
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(async () => await _bench.Stage(JobType.Scrape).RunAsync(context, CancellationToken.None));

        var ended = await _bench.Get<JobRows>().RefuseAsync(context.Job, refused!);

        await using var db = _bench.Database();
        var state = await db.SourceStates.SingleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((ended!.Status, ended.Attempts), Is.EqualTo((JobStatus.Retrying, 0)));
            Assert.That((state.ChannelId, state.Refusals, state.PauseReason), Is.EqualTo((channel.Id, 1, refused!.Message)));
            Assert.That(state.PausedUntil - ended.QueuedAt, Is.EqualTo(TimeSpan.Zero).Within(TimeSpan.FromMilliseconds(1)));
            Assert.That(ended.WaitReason, Is.EqualTo(refused.Message));
        });
        var video = new Video { ChannelId = channel.Id, ExternalId = "x", Url = _server.Url("/x.mp4"), Title = "x" };
        db.Videos.Add(video);
        await db.SaveChangesAsync();
        Assert.That(
            async () => await _bench.CompleteAsync(JobType.Download, video),
            Throws.InstanceOf<SnoozeException>().With.Property(nameof(SnoozeException.Until)).EqualTo(state.PausedUntil));
        Assert.That(_server.CountOf("/x.mp4"), Is.Zero);
    }

    [TestCase(404, typeof(PermanentFailureException))]
    [TestCase(500, typeof(TransientFailureException))]
    [TestCase(204, typeof(PermanentFailureException))]
    public async Task Other_failures_have_their_class(int status, Type failure)
    {
        _server.OnStatus("/feed.xml", status);
        var channel = await AddAsync("/feed.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf(failure).With.Message.Contains("The"));
    }

    [Test]
    public async Task This_machine_is_not_reached_unless_the_channel_may()
    {
        _server.OnText("/feed.xml", _server.Rss(("One", "/1.mp4")));
        var channel = await AddAsync("/feed.xml", channel => channel.AllowPrivateNetworks = false);

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("allowPrivateNetworks"));
        Assert.That(_server.Requests, Is.Empty);
    }

    [Test]
    public async Task Redirects_have_an_end()
    {
        _server.On("/feed.xml", context =>
        {
            context.Response.Redirect("/feed.xml?" + Guid.NewGuid());
            return Task.CompletedTask;
        });
        var channel = await AddAsync("/feed.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("redirects"));
        Assert.That(_server.CountOf("/feed.xml"), Is.LessThan(20));
    }

    [Test]
    public async Task A_feed_without_an_end_is_left_at_the_limit()
    {
        _server.OnEndless("/feed.xml", "application/rss+xml", Encoding.UTF8.GetBytes("<rss version='2.0'><channel>"));
        var channel = await AddAsync("/feed.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("MaxFeedBytes"));
    }

    [Test]
    public async Task A_feed_that_drips_is_left_after_its_time()
    {
        _server.OnEndless("/feed.xml", "application/rss+xml", Encoding.UTF8.GetBytes("<rss version='2.0'><channel>"), TimeSpan.FromMilliseconds(50));
        var channel = await AddAsync("/feed.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<TransientFailureException>().With.Message.Contains("longer than 2 s"));
    }

    [Test]
    public async Task A_bomb_in_the_feed_fails_for_good()
    {
        _server.OnText("/feed.xml", """<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>""");
        var channel = await AddAsync("/feed.xml");

        Assert.That(async () => await _bench.ScrapeAsync(channel), Throws.InstanceOf<PermanentFailureException>().With.Message.Contains("DTD"));
    }

    [Test]
    public async Task One_enclosure_under_several_names_is_one_video()
    {
        string Entry(string guid) => $"<item><title>{guid}</title><guid>{guid}</guid><enclosure url=\"{_server.Url("/1.mp4")}\" type=\"video/mp4\" length=\"1\"/></item>";
        _server.OnText("/feed.xml", $"<rss version=\"2.0\"><channel>{Entry("two")}{Entry("one")}</channel></rss>", tag: null);
        var channel = await AddAsync("/feed.xml");

        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(1, 1, 0)));
        Assert.That(Result(await _bench.ScrapeAsync(channel)), Is.EqualTo(new ScrapeResult(1, 0, 0)));

        // Nor does it become another one when somebody adds it by hand.
        var videos = new VideoCatalog(
            _bench.Get<RowWriter>(), _bench.Get<IDbContextFactory<PipelineDbContext>>(), _bench.Get<JobSignals>(), TimeProvider.System, _bench.Get<IOptions<RetryOptions>>());
        var (video, created) = await videos.AddAsync(new() { Url = _server.Url("/1.mp4"), ChannelId = channel.Id });
        Assert.That((video.ExternalId, created), Is.EqualTo(("one", false)));

        // Its title is what its name makes of it, cut between characters.
        var (other, _) = await videos.AddAsync(new() { Url = _server.Url($"/{new string('a', 499)}%F0%9F%8E%AC.mp4"), ChannelId = channel.Id });
        Assert.That(other.Title, Is.EqualTo(new string('a', 499)));
    }

    private static ScrapeResult Result(VideoProcessingJob job) => JsonSerializer.Deserialize<ScrapeResult>(job.Result!, JsonSerializerOptions.Web)!;

    private Task<Channel> AddAsync(string path, Action<Channel>? change = null) => _bench.AddChannelAsync(channel =>
    {
        channel.SourceKind = SourceKind.Feed;
        channel.SourceUrl = _server.Url(path);
        channel.AllowPrivateNetworks = true;
        change?.Invoke(channel);
    });
}
