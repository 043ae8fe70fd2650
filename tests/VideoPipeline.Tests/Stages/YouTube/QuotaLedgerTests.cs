using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VideoPipeline.Database;
using VideoPipeline.Stages;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Tests.Stages.YouTube;

public sealed class QuotaLedgerTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 7, 16, 7, 0, 0, TimeSpan.Zero);

    private string _folder = null!;
    private GroupCommitWriter _writer = null!;
    private FakeTimeProvider _time = null!;
    private QuotaLedger _ledger = null!;

    [SetUp]
    public async Task MakeDatabase()
    {
        _folder = Directory.CreateTempSubdirectory("vp-test-").FullName;
        var contexts = new Contexts(Path.Combine(_folder, "pipeline.db"));
        await using var db = contexts.CreateDbContext();
        await SqliteDatabase.MigrateAsync(db, CancellationToken.None);
        _writer = new GroupCommitWriter(contexts, NullLogger<GroupCommitWriter>.Instance);
        _time = new FakeTimeProvider(Midnight.AddHours(-12));
        _ledger = new QuotaLedger(_writer, contexts, Options.Create(new YouTubeOptions { DailyUnits = 100, DailyUploads = 2 }), _time);
    }

    [TearDown]
    public async Task RemoveDatabase()
    {
        await _writer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task No_more_is_spent_than_there_is_whoever_spends_it()
    {
        var spent = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await SpendAsync(30);
                return 30;
            }
            catch (SnoozeException)
            {
                return 0;
            }
        }));

        Assert.That(spent.Sum(), Is.EqualTo(90));
        Assert.That(await UsedAsync(), Is.EqualTo(90));
    }

    [Test]
    public async Task It_is_renewed_at_midnight_Pacific_time()
    {
        await SpendAsync(60);
        var snooze = await SnoozeAsync(50);
        Assert.That(snooze.Until, Is.EqualTo(Midnight));
        Assert.That(snooze.Message, Does.Contain("60 of today's 100 units are used, and 50 more are needed").And.Contain("2026-07-16 07:00:00Z"));

        _time.SetUtcNow(Midnight.AddSeconds(-1));
        await SnoozeAsync(50);
        _time.SetUtcNow(Midnight);
        await SpendAsync(50);

        Assert.That(await UsedAsync(), Is.EqualTo(50));
    }

    [Test]
    public async Task Uploads_are_counted_by_themselves()
    {
        await SpendAsync(100);
        await _ledger.SpendAsync(YouTubeQuota.Uploads, 1, CancellationToken.None);
        await _ledger.SpendAsync(YouTubeQuota.Uploads, 1, CancellationToken.None);

        var snooze = (await Assert.ThrowsAsync<SnoozeException>(() => _ledger.SpendAsync(YouTubeQuota.Uploads, 1, CancellationToken.None)))!;
        Assert.That(snooze.Message, Does.Contain("2 of today's 2 uploads"));
    }

    [Test]
    public async Task What_Google_says_counts_more_than_our_books()
    {
        await SpendAsync(1);
        Assert.That((await _ledger.CloseTodayAsync(YouTubeQuota.Units, CancellationToken.None)).Until, Is.EqualTo(Midnight));
        await SnoozeAsync(1);

        _time.SetUtcNow(Midnight);
        await SpendAsync(1);
    }

    [Test]
    public async Task What_Google_says_at_midnight_does_not_close_the_day_that_has_just_begun()
    {
        _time.SetUtcNow(Midnight.AddMinutes(14));
        Assert.That((await _ledger.CloseTodayAsync(YouTubeQuota.Units, CancellationToken.None)).Until, Is.EqualTo(Midnight.AddMinutes(29)));
        await SpendAsync(1);

        _time.SetUtcNow(Midnight.AddMinutes(29));
        Assert.That((await _ledger.CloseTodayAsync(YouTubeQuota.Units, CancellationToken.None)).Until, Is.EqualTo(Midnight.AddDays(1)));
        await SnoozeAsync(1);
    }

    [Test]
    public async Task A_clock_that_is_set_back_renews_nothing()
    {
        _time.SetUtcNow(Midnight);
        await SpendAsync(100);
        var back = new FakeTimeProvider(Midnight.AddHours(-1));
        var ledger = new QuotaLedger(_writer, new Contexts(Path.Combine(_folder, "pipeline.db")), Options.Create(new YouTubeOptions { DailyUnits = 100 }), back);

        Assert.That(await Assert.ThrowsAsync<SnoozeException>(() => ledger.SpendAsync(YouTubeQuota.Units, 1, CancellationToken.None)), Is.Not.Null);
    }

    [Test]
    public async Task A_limit_below_the_cost_of_one_call_stops_no_call_for_ever()
    {
        await SpendAsync(101);

        Assert.That(await UsedAsync(), Is.EqualTo(101));
        await SnoozeAsync(1);
    }

    [Test]
    public async Task What_no_day_has_is_not_waited_for()
    {
        await _ledger.RequireAsync(YouTubeQuota.Units, 100, CancellationToken.None);
        var failure = (await Assert.ThrowsAsync<PermanentFailureException>(() => _ledger.RequireAsync(YouTubeQuota.Units, 101, CancellationToken.None)))!;

        Assert.That(failure.Message, Does.Contain("takes 101 units").And.Contain("VideoPipeline__YouTube__DailyUnits allows 100 a day"));
        Assert.That(await UsedAsync(), Is.Zero);

        await SpendAsync(1);
        Assert.That(await Assert.ThrowsAsync<SnoozeException>(() => _ledger.RequireAsync(YouTubeQuota.Units, 100, CancellationToken.None)), Is.Not.Null);
    }

    [Test]
    public async Task A_channels_limit_on_uploads_is_over_after_a_day()
    {
        await _ledger.RequireUploadsOpenAsync("UCone", CancellationToken.None);
        var until = (await _ledger.CloseUploadsAsync("UCone", CancellationToken.None)).Until;

        Assert.That(until, Is.EqualTo(_time.GetUtcNow().AddHours(24)));
        Assert.That(await Assert.ThrowsAsync<SnoozeException>(() => _ledger.RequireUploadsOpenAsync("UCone", CancellationToken.None)), Is.Not.Null);
        await _ledger.RequireUploadsOpenAsync("UCtwo", CancellationToken.None);
        _time.SetUtcNow(until);
        await _ledger.RequireUploadsOpenAsync("UCone", CancellationToken.None);
    }

    private Task SpendAsync(int units) => _ledger.SpendAsync(YouTubeQuota.Units, units, CancellationToken.None);

    private async Task<SnoozeException> SnoozeAsync(int units) => (await Assert.ThrowsAsync<SnoozeException>(() => SpendAsync(units)))!;

    private Task<int> UsedAsync() => _ledger.UsedAsync(YouTubeQuota.Units, CancellationToken.None);

    private sealed class Contexts(string file) : IDbContextFactory<PipelineDbContext>
    {
        private readonly DbContextOptions<SqlitePipelineDbContext> _options =
            SqliteDatabase.Options<SqlitePipelineDbContext>(SqliteDatabase.ConnectionString(file));

        public PipelineDbContext CreateDbContext() => new SqlitePipelineDbContext(_options);
    }
}
