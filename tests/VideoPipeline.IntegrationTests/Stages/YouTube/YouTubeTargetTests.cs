using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Publish.YouTube;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>The publish stage with YouTube as its target, through the real Google client.</summary>
[Category(TestCategories.Heavy)]
public sealed class YouTubeTargetTests
{
    private const int Unit = UploadSession.Unit;

    private YouTubeServer _server = null!;
    private StageBench _bench = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await YouTubeServer.StartAsync();
        await StartBenchAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        try
        {
            Assert.That(_server.Violations, Is.Empty);
        }
        finally
        {
            await _bench.DisposeAsync();
            await _server.DisposeAsync();
            _folder.Dispose();
        }
    }

    [Test]
    public async Task A_video_is_published_with_what_belongs_to_it()
    {
        _server.Playlists["PLone"] = [];
        _server.ProcessedAfterPolls = 3;
        var video = await AddAsync(new()
        {
            Title = "{title} | {channel}",
            Description = "From {sourceUrl}.",
            Tags = ["one tag", "two"],
            CategoryId = "27",
            Playlists = ["PLone"],
            Privacy = VideoPrivacy.Unlisted,
            MadeForKids = true,
        });

        var result = await PublishAsync(video);

        var published = _server.Video();
        await using var db = _bench.Database();
        var row = await db.Publications.SingleAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(published.Sha256, Is.EqualTo(video.Sha256));
            Assert.That(published.Title, Does.StartWith("A talk | Talks"));
            Assert.That(published.Description, Is.EqualTo("From https://videos.example/a.mp4.\n\nBy A. Speaker"));
            Assert.That(published.Tags, Has.Count.EqualTo(3).And.SupersetOf(new[] { "one tag", "two" }));
            Assert.That(published.Tags[^1], Does.Match("^vp-[0-9a-f]{32}$"));
            Assert.That((string?)published.Snippet["categoryId"], Is.EqualTo("27"));
            Assert.That((bool?)published.Status["selfDeclaredMadeForKids"], Is.True);
            Assert.That(published.Visibility, Is.EqualTo(new[] { ("private", "uploaded"), ("unlisted", "processed") }));
            Assert.That((published.Thumbnail, published.ThumbnailsSet), Is.EqualTo((video.Thumbnail, 1)));
            Assert.That(_server.Playlists["PLone"], Is.EqualTo(new[] { published.Id }));
            Assert.That(result.Location, Is.EqualTo($"https://www.youtube.com/watch?v={published.Id}"));
            Assert.That((row.TargetKind, row.Location, row.Sha256), Is.EqualTo((TargetKind.Youtube, result.Location, video.Sha256)));
            Assert.That(result.Warnings, Is.Empty);
            Assert.That(_server.Sessions.Single().SentTwice, Is.Zero);
            Assert.That(_bench.Progress.Select(progress => progress.Percent), Is.Ordered.And.Some.InRange(1, 99));
        }
    }

    [Test]
    public async Task By_default_a_video_stays_private()
    {
        await PublishAsync(await AddAsync());

        Assert.That(_server.Video().Visibility, Is.EqualTo(new[] { ("private", "uploaded") }));
        Assert.That(_server.Count("videos.update"), Is.Zero, "there was nothing to change");
    }

    [Test]
    public async Task A_published_video_is_not_uploaded_again_unless_an_operator_says_so()
    {
        var video = await AddAsync();
        var first = await PublishAsync(video);
        Assert.That((await PublishAsync(video)).AlreadyPublished);
        Assert.That(_server.Sessions, Has.Count.EqualTo(1));

        var again = await PublishAsync(video, "{\"uploadAgain\": true}");

        Assert.That(_server.Videos.Select(v => v.Id), Is.EqualTo(new[] { first.YouTubeId, again.YouTubeId }));
        await using var db = _bench.Database();
        Assert.That((await db.Publications.SingleAsync()).Location, Is.EqualTo(again.Location));
    }

    [Test]
    public async Task A_time_to_become_public_is_set_once_the_video_is_processed()
    {
        var publishAt = new DateTimeOffset(2099, 1, 1, 12, 0, 0, TimeSpan.Zero);

        await PublishAsync(await AddAsync(new() { PublishAt = publishAt }));

        Assert.That(_server.Video().Visibility, Is.EqualTo(new[] { ("private", "uploaded"), ("private", "processed") }));
        Assert.That(DateTimeOffset.Parse((string)_server.Video().Status["publishAt"]!), Is.EqualTo(publishAt));
    }

    [Test]
    public async Task A_time_that_has_passed_makes_nothing_public()
    {
        var video = await AddAsync(new() { PublishAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("publishAt").And.Contain("has passed"));
        Assert.That(_server.Videos, Is.Empty);
    }

    [Test]
    public async Task Nothing_is_published_without_a_declaration_of_rights()
    {
        var video = await AddAsync(change: channel => channel.Rights = null);

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("declares no rights").And.Contain("own, licensed, publicDomain"));
        Assert.That(_server.Calls, Is.Empty);
    }

    [Test]
    public async Task An_upload_goes_on_where_it_was_cut()
    {
        var video = await AddAsync();
        _server.CutAt((3 * Unit) + 100_000);
        _server.CutAt(7 * Unit);

        await PublishAsync(video);

        var session = _server.Sessions.Single();
        Assert.That(_server.Video().Sha256, Is.EqualTo(video.Sha256));
        Assert.That(session.SentTwice, Is.EqualTo(100_000), "what of a unit had arrived when the connection was cut, and nothing else");
    }

    [Test]
    public async Task A_worker_that_wakes_up_late_publishes_nothing()
    {
        await StartBenchAsync(("YouTube:RequestTimeout", "00:00:01"));
        var video = await AddAsync();
        var stopped = _server.StopAt((5 * Unit) + 1);
        var late = await _bench.ClaimAsync(JobType.Publish, video.Video.ChannelId, video.Video.Id);
        var publishing = _bench.Stage(JobType.Publish).RunAsync(late, CancellationToken.None);
        await stopped.WaitAsync(Eventually.Patience);

        // It hangs on a dead connection; meanwhile its job is taken from it and done.
        await _bench.Get<JobRows>().RescueAsync(holdersAreDead: true, CancellationToken.None);
        await PublishAsync(video);

        Assert.That((await Assert.ThrowsAsync<TransientFailureException>(() => publishing))!.Message, Does.Contain("Another attempt"));
        Assert.That(_server.Video().Sha256, Is.EqualTo(video.Sha256));
    }

    [Test]
    public async Task The_answer_to_the_last_byte_may_get_lost()
    {
        var video = await AddAsync();
        _server.CutAt((10 * Unit) + 12_345);

        await PublishAsync(video);

        Assert.That(_server.Video().Sha256, Is.EqualTo(video.Sha256));
        Assert.That(_server.Sessions.Single().SentTwice, Is.Zero);
    }

    [Test]
    public async Task Errors_of_the_servers_own_are_waited_out()
    {
        var video = await AddAsync(new() { Privacy = VideoPrivacy.Public });
        foreach (var call in new[] { "token", "channels.list", "videos.insert", "upload", "videos.list", "thumbnails.set", "videos.update" })
        {
            _server.Fail(call, 503, "backendError", times: 2);
        }

        await PublishAsync(video);

        Assert.That(_server.Video().Privacy, Is.EqualTo("public"));
        Assert.That(_server.Sessions.Single().SentTwice, Is.Zero);
    }

    [Test]
    public async Task Errors_that_last_are_left_to_the_next_attempt()
    {
        var video = await AddAsync();
        _server.Fail("upload", 500, "backendError", times: 100);

        Assert.That(await FailureAsync<TransientFailureException>(video), Does.Contain("a problem of its own").And.Contain("500"));
        Assert.That(_server.Count("upload"), Is.LessThan(20));
    }

    [Test]
    public async Task A_session_that_is_lost_before_its_last_byte_is_replaced()
    {
        var video = await AddAsync();
        _server.Fail("upload", 404, "notFound");

        await PublishAsync(video);

        Assert.That(_server.Video().Sha256, Is.EqualTo(video.Sha256));
        Assert.That(_server.Sessions, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_video_whose_session_is_lost_is_found_by_its_marker()
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 70; i++)
        {
            _server.AddVideo($"Other {i}", now);
        }

        var video = await AddAsync();
        _server.StopTheLastAnswer(410);

        var result = await PublishAsync(video);

        Assert.That(_server.Videos.Single(v => v.Sha256 == video.Sha256).Id, Is.EqualTo(result.YouTubeId));
    }

    [Test]
    public async Task A_video_that_may_yet_appear_is_looked_for_again_and_then_a_person_is_asked()
    {
        var video = await AddAsync();
        _server.ListsUploads = false;
        _server.StopTheLastAnswer(404);

        Assert.That((await SnoozeAsync(video)).Message, Does.Contain("looked for again"));

        // Its time is over, and then it does appear.
        await ChangeIntentAsync(intent => intent.FinishingAt -= TimeSpan.FromMinutes(11));
        var review = (await Assert.ThrowsAsync<PermanentFailureException>(() => _bench.CompleteAsync(JobType.Publish, video.Video)))!;
        Assert.That(review.Message, Does.StartWith("needs_review:").And.Contain("vp-"));
        Assert.That(review.Details["needsReview"], Is.True);
        Assert.That(_server.Sessions, Has.Count.EqualTo(1), "never again blindly");

        _server.ListsUploads = true;
        Assert.That((await PublishAsync(video)).YouTubeId, Is.EqualTo(_server.Video().Id));
    }

    [Test]
    public async Task An_output_that_was_made_anew_is_uploaded_from_its_beginning()
    {
        var video = await AddAsync();
        _server.Fail("upload", 500, "backendError", times: 100);
        await FailureAsync<TransientFailureException>(video);
        _server.Recover("upload");
        await using (var db = _bench.Database())
        {
            var output = await db.Artifacts.AsTracking().SingleAsync(a => a.Kind == ArtifactKind.Output);
            File.WriteAllText(_bench.Store.LocalPath(output.Key), "another video");
            output.SizeBytes = 13;
            output.Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("another video"u8));
            await db.SaveChangesAsync();
        }

        var result = await PublishAsync(video);

        Assert.That(_server.Video().Sha256, Is.EqualTo(result.Sha256).And.Not.EqualTo(video.Sha256));
    }

    [Test]
    public async Task A_file_that_is_not_what_was_stored_is_not_uploaded()
    {
        var video = await AddAsync();
        await using (var db = _bench.Database())
        {
            File.AppendAllText(_bench.Store.LocalPath((await db.Artifacts.SingleAsync(a => a.Kind == ArtifactKind.Output)).Key), "x");
        }

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("in the store is not the file that was put there"));
        Assert.That(_server.Sessions, Is.Empty);
    }

    [TestCase("failed", "invalidFile", "could not process")]
    [TestCase("rejected", "duplicate", "has rejected")]
    public async Task What_YouTube_does_not_take_fails_with_its_reason(string status, string reason, string what)
    {
        _server.ProcessedAfterPolls = null;
        var video = await AddAsync(new() { Privacy = VideoPrivacy.Public });
        var publishing = FailureAsync<PermanentFailureException>(video);
        await Eventually.TrueAsync(() => _server.Count("videos.list") > 2, "it is asked for");
        _server.Video().Reason = reason;
        _server.Video().UploadStatus = status;

        Assert.That(await publishing, Does.Contain(what).And.Contain(reason).And.Contain("stays private"));
        Assert.That(_server.Video().Privacy, Is.EqualTo("private"));
    }

    [Test]
    public async Task A_long_processing_does_not_hold_a_worker()
    {
        var video = await AddAsync();
        _server.Fail("videos.list", 403, "forbidden");
        await FailureAsync<PermanentFailureException>(video);
        _server.ProcessedAfterPolls = null;
        await ChangeIntentAsync(intent => intent.UploadedAt -= TimeSpan.FromMinutes(20));

        var snooze = await SnoozeAsync(video);

        Assert.That(snooze.Message, Does.Contain("is processing the video"));
        Assert.That(snooze.Until, Is.EqualTo(TimeProvider.System.GetUtcNow().AddMinutes(5)).Within(TimeSpan.FromSeconds(10)), "a quarter of what it has taken");
        _server.ProcessedAfterPolls = 1;
        await PublishAsync(video);
        Assert.That(_server.Sessions, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_thumbnail_that_is_not_taken_is_a_warning()
    {
        _server.Fail("thumbnails.set", 403, "forbidden");

        var result = await PublishAsync(await AddAsync());

        Assert.That(result.Warnings.Single(), Does.Contain("thumbnail").And.Contain("forbidden"));
    }

    [Test]
    public async Task A_playlist_that_is_not_there_is_named()
    {
        var video = await AddAsync(new() { Playlists = ["PLgone"], Privacy = VideoPrivacy.Public });

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("playlistNotFound"));
        Assert.That(_server.Video().Privacy, Is.EqualTo("private"));
        _server.Playlists["PLgone"] = [];
        await PublishAsync(video);
        Assert.That(_server.Video().Privacy, Is.EqualTo("public"));
    }

    [Test]
    public async Task Another_YouTube_channel_than_the_one_that_was_meant_gets_nothing()
    {
        var video = await AddAsync(new() { ChannelId = "UCbbbbbbbbbbbbbbbbbbbbbb" });

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("UCbbbbbbbbbbbbbbbbbbbbbb").And.Contain(YouTubeServer.ChannelId));
        Assert.That(_server.Sessions, Is.Empty);
    }

    [TestCase("videos.insert")]
    [TestCase("videos.list")]
    public async Task What_was_begun_for_one_YouTube_channel_is_neither_given_to_another_nor_taken_for_deleted_there(string stoppedAt)
    {
        const string Other = "UCbbbbbbbbbbbbbbbbbbbbbb";
        var video = await AddAsync();
        _server.Fail(stoppedAt, 403, "forbidden");
        await FailureAsync<PermanentFailureException>(video);
        await ChangeIntentAsync(intent => intent.UploadedAt -= TimeSpan.FromMinutes(20));
        var sessions = _server.Sessions.Count;

        _server.SignedInTo = Other;
        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain($"begun for the YouTube channel {YouTubeServer.ChannelId}").And.Contain(Other));
        Assert.That(_server.Sessions, Has.Count.EqualTo(sessions));

        _server.SignedInTo = YouTubeServer.ChannelId;
        await PublishAsync(video);
        Assert.That(_server.Video().Sha256, Is.EqualTo(video.Sha256));
    }

    [Test]
    public async Task A_sign_in_that_was_taken_back_asks_for_a_new_one()
    {
        _server.IsRevoked = true;
        var video = await AddAsync();

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("invalid_grant").And.Contain("youtube-login"));
    }

    [Test]
    public async Task Without_a_sign_in_the_command_for_it_is_named()
    {
        File.Delete(_folder.Of("token.json"));
        var video = await AddAsync();

        Assert.That(await FailureAsync<PermanentFailureException>(video), Does.Contain("Nobody has signed in").And.Contain("youtube-login"));
    }

    [Test]
    public async Task An_access_token_that_expires_on_the_way_is_renewed()
    {
        var video = await AddAsync();
        _server.CutAt(5 * Unit);
        _server.BeforeFinalAnswer = () =>
        {
            _server.ExpireAccess();
            return Task.CompletedTask;
        };

        await PublishAsync(video);

        Assert.That((_server.Video().Sha256, _server.Tokens), Is.EqualTo((video.Sha256, 2)));
    }

    [TestCase(403, "quotaExceeded", "videos.insert", "uploads")]
    [TestCase(403, "quotaExceeded", "channels.list", "units")]
    public async Task When_Google_says_that_the_quota_is_used_up_nothing_is_called_until_the_reset(int status, string reason, string call, string what)
    {
        var now = TimeProvider.System.GetUtcNow();
        Assume.That(now - PacificDay.BeginningOf(now), Is.GreaterThan(TimeSpan.FromMinutes(15)), "right after the reset it is asked again soon");
        _server.Fail(call, status, reason);

        var snooze = await SnoozeAsync(await AddAsync());
        Assert.That(snooze.Message, Does.Contain($"today's {what}").And.Contain("midnight Pacific"));
        Assert.That(snooze.Until, Is.EqualTo(PacificDay.EndOf(TimeProvider.System.GetUtcNow())));

        var calls = _server.Calls.Count;
        await SnoozeAsync(await AddAsync());
        Assert.That(_server.Calls, Has.Count.EqualTo(calls));
    }

    [Test]
    public async Task What_would_exceed_the_quota_is_not_begun()
    {
        await StartBenchAsync(("YouTube:DailyUnits", "110"));
        await PublishAsync(await AddAsync());

        var snooze = await SnoozeAsync(await AddAsync(new() { Privacy = VideoPrivacy.Public }));

        Assert.That(snooze.Message, Does.Contain("of today's 110 units are used").And.Contain("102 more are needed"));
        Assert.That(_server.Sessions, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task No_more_uploads_are_begun_than_a_day_has()
    {
        await StartBenchAsync(("YouTube:DailyUploads", "2"));
        await PublishAsync(await AddAsync());
        await PublishAsync(await AddAsync());

        Assert.That((await SnoozeAsync(await AddAsync())).Message, Does.Contain("2 of today's 2 uploads are used"));
        Assert.That(_server.Sessions, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task The_channels_own_limit_holds_back_all_its_uploads_for_a_day()
    {
        _server.Fail("videos.insert", 400, "uploadLimitExceeded");
        var before = TimeProvider.System.GetUtcNow();

        var snooze = await SnoozeAsync(await AddAsync());

        Assert.That(snooze.Message, Does.Contain("uploadLimitExceeded"));
        Assert.That(snooze.Until, Is.InRange(before.AddHours(24), TimeProvider.System.GetUtcNow().AddHours(24)));
        Assert.That((await SnoozeAsync(await AddAsync())).Until, Is.EqualTo(snooze.Until).Within(TimeSpan.FromMilliseconds(1)));
        Assert.That(_server.Count("videos.insert"), Is.EqualTo(1));
    }

    [TestCase(403, "rateLimitExceeded")]
    [TestCase(429, "tooMany")]
    public async Task Asked_to_slow_down_it_does(int status, string reason)
    {
        _server.Fail("channels.list", status, reason);

        Assert.That((await SnoozeAsync(await AddAsync())).Until, Is.EqualTo(TimeProvider.System.GetUtcNow().AddMinutes(1)).Within(TimeSpan.FromSeconds(10)));
    }

    [TestCase(403, "youtubeSignupRequired")]
    [TestCase(400, "invalidCategoryId")]
    [TestCase(403, "forbidden")]
    public async Task What_YouTube_refuses_fails_with_its_words(int status, string reason)
    {
        _server.Fail("videos.insert", status, reason);

        Assert.That(await FailureAsync<PermanentFailureException>(await AddAsync()), Does.Contain(reason).And.Contain(status.ToString()));
    }

    private async Task StartBenchAsync(params (string Key, string Value)[] settings)
    {
        if (settings.Length > 0)
        {
            await _bench.DisposeAsync();
        }

        _bench = await StageBench.StartAsync([.. _server.Settings(_folder.Of("token.json")).Select(pair => (pair.Key, pair.Value)), .. settings]);
    }

    private async Task<PublishableVideo> AddAsync(YouTubeTargetSettings? settings = null, Action<Channel>? change = null)
    {
        await using var db = _bench.Database();
        return await PublishableVideo.AddAsync(db, _bench.Folders.Artifacts, settings: settings, change: change);
    }

    private async Task<YouTubePublishResult> PublishAsync(PublishableVideo video, string? parameters = null)
    {
        if (parameters is not null)
        {
            await using var db = _bench.Database();
            var job = NextStage.New(JobType.Publish, video.Video.ChannelId, video.Video.Id, priority: 5, maxAttempts: 3, TimeProvider.System.GetUtcNow());
            job.Parameters = parameters;
            db.Jobs.Add(job);
            await db.SaveChangesAsync();
        }

        var completed = await _bench.CompleteAsync(JobType.Publish, video.Video);
        return JsonSerializer.Deserialize<YouTubePublishResult>(completed.Result!, JsonSerializerOptions.Web)!;
    }

    private async Task<string> FailureAsync<TException>(PublishableVideo video)
        where TException : Exception
    {
        try
        {
            await PublishAsync(video);
        }
        catch (TException exception)
        {
            return exception.Message;
        }

        throw new AssertionException($"No {typeof(TException).Name}");
    }

    private async Task<SnoozeException> SnoozeAsync(PublishableVideo video)
    {
        try
        {
            await PublishAsync(video);
        }
        catch (SnoozeException exception)
        {
            return exception;
        }

        throw new AssertionException("No snooze");
    }

    private async Task ChangeIntentAsync(Action<PublishIntent> change)
    {
        await using var db = _bench.Database();
        change(await db.PublishIntents.AsTracking().SingleAsync());
        await db.SaveChangesAsync();
    }
}
