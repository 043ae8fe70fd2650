using Microsoft.EntityFrameworkCore;
using VideoPipeline.Catalog;
using VideoPipeline.IntegrationTests.Stages.YouTube;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>
/// The service is killed at every step of a publication on YouTube. In the end there is one video, complete, private until it
/// was processed, and no byte was sent twice but those that had not been acknowledged.
/// </summary>
[Category(TestCategories.Heavy)]
internal sealed class YouTubeKilledAtTests
{
    private const int Unit = UploadSession.Unit;
    private const int Size = (10 * Unit) + 12_345;

    private TemporaryFolder _folder = null!;
    private YouTubeServer _youTube = null!;
    private DataFolder _data = null!;
    private PublishableVideo _video = null!;

    private static IEnumerable<TestCaseData<Func<YouTubeServer, Task>>> Instants
    {
        get
        {
            yield return Instant("before the intent", youTube => youTube.HoldBefore("channels.list"));
            yield return Instant("after the intent", youTube => youTube.HoldBefore("videos.insert"));
            yield return Instant("the session is open and not committed", youTube => youTube.HoldAnswer("videos.insert"));
            yield return Instant("the session is committed", youTube => youTube.HoldBefore("upload"));
            yield return Instant("after the last byte", youTube => youTube.StopAt(Size));
            yield return Instant("after the upload's commit", youTube => youTube.HoldBefore("videos.list"));
            yield return Instant("the thumbnail's answer is lost", youTube => youTube.HoldAnswer("thumbnail"));
            yield return Instant("the playlist's answer is lost", youTube => youTube.HoldAnswer("playlistItems.insert"));
            yield return Instant("before it is made visible", youTube => youTube.HoldBefore("videos.update"));
            yield return Instant("it is visible and not committed", youTube => youTube.HoldAnswer("videos.update"));
        }
    }

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _youTube = await YouTubeServer.StartAsync();
        _youTube.Playlists["PLone"] = [];
        _data = new DataFolder(_folder.NewFolder("data"));
        await using var db = _data.Open();
        await db.MigrateAsync(CancellationToken.None);
        _video = await PublishableVideo.AddAsync(
            db, Path.Combine(_data.Path, "artifacts"), Size, new() { Privacy = VideoPrivacy.Public, Playlists = ["PLone"] }, job: true);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _youTube.DisposeAsync();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Instants))]
    public async Task One_video_is_published(Func<YouTubeServer, Task> reach)
    {
        await RunUntilKilledAsync(reach(_youTube));

        await PublishAsync(lostAttempts: 1);
        Assert.That(_youTube.Sessions.Sum(session => session.SentTwice), Is.Zero, "every byte that had arrived was acknowledged");
    }

    [Test]
    public async Task One_video_is_published_though_the_service_dies_at_ten_random_bytes()
    {
        var random = TestSeed.NewRandom();
        var positions = Enumerable.Range(0, 10).Select(_ => (long)random.Next(1, Size)).Distinct().Order().ToList();
        foreach (var position in positions)
        {
            await RunUntilKilledAsync(_youTube.StopAt(position));
        }

        await PublishAsync(positions.Count);
        Assert.That(_youTube.Sessions.Single().SentTwice, Is.EqualTo(positions.Sum(position => position % Unit)), "what of a unit had arrived, and nothing else");
    }

    [Test]
    public async Task One_video_is_published_though_the_service_dies_between_the_answer_and_its_commit()
    {
        // The answer arrives while somebody else has the database: the service knows of the video, and can't write it down.
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var db = _data.Open();
        _youTube.BeforeFinalAnswer = async () =>
        {
            _youTube.BeforeFinalAnswer = null;
            await db.Database.OpenConnectionAsync();
            await db.Database.ExecuteSqlRawAsync("BEGIN IMMEDIATE");
            answering.SetResult();
        };
        await using (var server = await StartAsync())
        {
            await answering.Task.WaitAsync(Eventually.Patience);
            await Eventually.PassAsync(TimeSpan.FromMilliseconds(500));
            server.Kill();
        }

        await db.Database.ExecuteSqlRawAsync("ROLLBACK");
        await db.Database.CloseConnectionAsync();
        var intent = await db.PublishIntents.AsNoTracking().SingleAsync();
        Assert.That((intent.RemoteId, intent.SessionUri is not null, intent.FinishingAt is not null), Is.EqualTo(((string?)null, true, true)));
        Assert.That(_youTube.Count("videos.list"), Is.Zero);

        await PublishAsync(lostAttempts: 1);
        Assert.That(_youTube.Sessions.Single().SentTwice, Is.Zero);
    }

    [Test]
    public async Task One_video_is_published_though_the_service_dies_while_YouTube_processes_it()
    {
        _youTube.ProcessedAfterPolls = null;
        await RunUntilKilledAsync(Eventually.TrueAsync(() => _youTube.Count("videos.list") >= 2, "it is asked for"));
        Assert.That(_youTube.Video().Privacy, Is.EqualTo("private"));

        _youTube.ProcessedAfterPolls = 1;
        await PublishAsync(lostAttempts: 1);
    }

    [Test]
    public async Task A_quota_that_is_used_up_keeps_the_job_waiting_through_a_restart_and_says_so()
    {
        _youTube.Fail("videos.insert", 403, "quotaExceeded");
        for (var start = 0; start < 2; start++)
        {
            await using var server = await StartAsync();
            var api = new ServiceApi(server.HttpClient);
            var job = await api.UntilStageAsync(_video.Video.Id, "publish", "retrying");
            var explanation = await api.GetAsync($"/api/jobs/{Id(job)}/explain");
            var midnight = VideoPipeline.Stages.YouTube.PacificDay.EndOf(TimeProvider.System.GetUtcNow());
            using (Assert.EnterMultipleScope())
            {
                Assert.That(Number(job, "attempts"), Is.Zero, "no attempt is spent");
                Assert.That(Text(job, "waitReason"), Does.Contain("today's uploads are used up").And.Contain($"{midnight:u}"));
                Assert.That(job.GetProperty("queuedAt").GetDateTimeOffset(), Is.EqualTo(midnight));
                Assert.That(explanation.GetProperty("blockedBy")[0].GetString(), Does.Contain($"waits until {midnight:u}").And.Contain("uploads"));
            }

            server.Kill();
        }

        Assert.That(_youTube.Count("videos.insert"), Is.EqualTo(1));
    }

    private static TestCaseData<Func<YouTubeServer, Task>> Instant(string name, Func<YouTubeServer, Task> reach) =>
        new TestCaseData<Func<YouTubeServer, Task>>(reach).SetArgDisplayNames(name);

    private Task<ServerProcess> StartAsync()
    {
        var settings = _youTube.Settings(_folder.Of("token.json")).ToDictionary(pair => $"VideoPipeline__{pair.Key.Replace(":", "__")}", pair => pair.Value);
        return ServerProcess.StartAsync(_data.Path, settings);
    }

    private async Task RunUntilKilledAsync(Task reached)
    {
        await using var server = await StartAsync();
        await reached.WaitAsync(Eventually.Patience);
        server.Kill();
    }

    private async Task PublishAsync(int lostAttempts)
    {
        await using var server = await StartAsync();
        var api = new ServiceApi(server.HttpClient);
        var job = await api.UntilStageAsync(_video.Video.Id, "publish", "completed");
        var publication = (await api.GetAsync($"/api/videos/{_video.Video.Id}")).GetProperty("publications").EnumerateArray().Single();
        var published = _youTube.Video();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(published.Sha256, Is.EqualTo(_video.Sha256));
            Assert.That(Text(publication, "location"), Is.EqualTo($"https://www.youtube.com/watch?v={published.Id}"));
            Assert.That(published.Visibility[0], Is.EqualTo(("private", "uploaded")));
            Assert.That(published.Visibility.Skip(1), Is.Not.Empty.And.All.EqualTo(("public", "processed")));
            Assert.That(_youTube.Playlists["PLone"], Is.EqualTo(new[] { published.Id }));
            Assert.That(published.Thumbnail, Is.EqualTo(_video.Thumbnail));
            Assert.That(_youTube.Sessions.Count(session => session.Received.Count > 0), Is.EqualTo(1), "bytes went into one session only");
            Assert.That((Number(job, "lostAttempts"), Number(job, "attempts")), Is.EqualTo((lostAttempts, lostAttempts + 1)));
            Assert.That(_youTube.Violations, Is.Empty);
        }
    }
}
