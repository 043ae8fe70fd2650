using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Api;
using VideoPipeline.IntegrationTests.EndToEnd;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>That the board doesn't care how many videos there are.</summary>
[TestFixture(StorageMode.Sqlite)]
[TestFixture(StorageMode.PostgreSql)]
internal sealed class ManyVideosTests(StorageMode storage) : BrowserTests
{
    private const int Videos = 100_000;
    private const string Database = "many_videos";

    // Copies of one video and its scrape, so that the columns need no names but those that differ.
    private const string Seed =
        """
        INSERT INTO videos (channel_id, external_id, url, title, created_at, updated_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        SELECT v.channel_id, 'many/' || i, v.url, 'Lecture number ' || i || ' of a long series', v.created_at, v.updated_at
        FROM n, videos v WHERE v.external_id = 'first.mp4';

        INSERT INTO video_processing_jobs
            (video_id, channel_id, job_type, status, priority, attempts, lost_attempts, max_attempts, error_message, queued_at, completed_at, duration_seconds, created_at, updated_at)
        SELECT v.id, v.channel_id, stage.job_type,
            CASE WHEN stage.job_type = 'publish' AND v.id % 50 = 0 THEN 'failed' WHEN stage.job_type = 'publish' AND v.id % 50 < 10 THEN 'queued' ELSE 'completed' END,
            5, 1, 0, 3, CASE WHEN stage.job_type = 'publish' AND v.id % 50 = 0 THEN 'The target refused it.' END, j.queued_at,
            CASE WHEN stage.job_type <> 'publish' OR v.id % 50 = 0 OR v.id % 50 >= 10 THEN j.queued_at END, 2.5, j.created_at, j.updated_at
        FROM (SELECT 'download' AS job_type, 1 AS place UNION ALL SELECT 'transform', 2 UNION ALL SELECT 'publish', 3) stage, videos v, video_processing_jobs j
        WHERE v.external_id LIKE 'many/%' AND j.id = (SELECT min(id) FROM video_processing_jobs)
        ORDER BY stage.place, v.id;
        """;

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _service;

    protected override ServerProcess Service => _service!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var settings = ApiFixture.NoWorkers.ToDictionary(StringComparer.Ordinal);
        settings["VideoPipeline__Storage__Mode"] = storage.ToString();
        var server = storage == StorageMode.PostgreSql ? await TestServers.PostgreSqlAsync() : null;
        if (server is not null)
        {
            settings["VideoPipeline__Storage__ConnectionString"] = await server.CreateDatabaseAsync(Database);
        }

        _service = await ServerProcess.StartAsync(_folder.Of("data"), settings);
        var channel = await Api.AddChannelAsync("many", _folder.NewFolder("source"));
        await Api.AddVideoAsync(channel, _folder.NewFile("source/first.mp4"));
        await using var db = server is null
            ? new DataFolder(_service.DataDirectory).Open()
            : new PostgreSqlPipelineDbContext(PostgreSqlDatabase.Options<PostgreSqlPipelineDbContext>(server.ConnectionString(Database)));
        await db.Database.ExecuteSqlRawAsync(Seed);
        Assert.That(await db.Videos.CountAsync(), Is.EqualTo(Videos + 1));
        if (server is not null)
        {
            // As the server does by itself, a while after so many changes.
            await db.Database.ExecuteSqlRawAsync("ANALYZE");
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _folder.Dispose();
    }

    [TestCase("/", 50)]
    [TestCase("/?before=50000", 50)]
    [TestCase("/?status=failed", 50)]
    [TestCase("/?status=queued&channel=1", 50)]
    [TestCase("/?title=NUMBER%2077777%20OF", 1)]
    public async Task The_board_of_100_000_videos_is_there_within_a_second_and_200_kB(string path, int rows)
    {
        // Once before: the first request compiles the page, however few videos there are. Then what the board can do is the
        // best of a few times, whatever else the machine does.
        await GoAsync(path);
        var best = double.MaxValue;
        for (var times = 0; times < 5 && best >= 1_000; times++)
        {
            var page = await NewPageAsync();
            var requests = new ConcurrentQueue<IRequest>();
            page.RequestFinished += (_, request) => requests.Enqueue(request);

            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });

            Assert.That(await page.Locator("tr[data-video]").CountAsync(), Is.EqualTo(rows));
            best = Math.Min(best, await page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].loadEventStart"));
            var sizes = await Task.WhenAll(requests.Select(request => request.SizesAsync()));
            Assert.That(sizes.Sum(size => size.ResponseBodySize), Is.LessThan(200_000).And.GreaterThan(rows * 10));
        }

        Assert.That(best, Is.LessThan(1_000));
    }
}
