using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using VideoPipeline.Database;
using VideoPipeline.Jobs;

namespace VideoPipeline.Tests.Database;

public sealed class GroupCommitWriterTests
{
    private string _folder = null!;
    private Contexts _contexts = null!;
    private GroupCommitWriter _writer = null!;

    [SetUp]
    public async Task MakeDatabase()
    {
        _folder = Directory.CreateTempSubdirectory("vp-test-").FullName;
        _contexts = new Contexts(Path.Combine(_folder, "pipeline.db"));
        await using var db = _contexts.CreateDbContext();
        await SqliteDatabase.MigrateAsync(db, CancellationToken.None);
        _writer = new GroupCommitWriter(_contexts, NullLogger<GroupCommitWriter>.Instance);
    }

    [TearDown]
    public async Task RemoveDatabase()
    {
        await _writer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_lock_that_a_killed_migration_left_behind_does_not_stop_the_next_start()
    {
        var contexts = new Contexts(Path.Combine(_folder, "killed.db"));
        await using var db = contexts.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync(
            "CREATE TABLE __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01')");

        await SqliteDatabase.MigrateAsync(db, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(await db.Jobs.CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Every_commit_is_synchronous()
    {
        await using var db = _contexts.CreateDbContext();
        var synchronous = await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync();
        var journal = await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync();

        // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
        Assert.That((synchronous, journal), Is.EqualTo((2, "wal")));
    }

    [Test]
    public async Task An_operation_that_throws_is_rolled_back_alone_although_others_share_its_transaction()
    {
        var writes = Enumerable.Range(0, 50).Select(n => _writer.WriteAsync(async db =>
        {
            db.Pauses.Add(new QueuePause { Scope = $"{n}" });
            await db.SaveChangesAsync();
            return n % 5 == 0 ? throw new InvalidOperationException($"{n}") : n;
        })).ToList();

        for (var n = 0; n < writes.Count; n++)
        {
            if (n % 5 == 0)
            {
                Assert.That(async () => await writes[n], Throws.InvalidOperationException.With.Message.EqualTo($"{n}"));
            }
            else
            {
                Assert.That(await writes[n], Is.EqualTo(n));
            }
        }

        await using var db = _contexts.CreateDbContext();
        Assert.That(await db.Pauses.CountAsync(), Is.EqualTo(40));
    }

    [Test]
    public async Task All_who_wait_hear_of_a_database_that_does_not_open_and_the_writer_goes_on_when_it_does()
    {
        var folder = Path.Combine(_folder, "away");
        await using var writer = new GroupCommitWriter(new Contexts(Path.Combine(folder, "pipeline.db")), NullLogger<GroupCommitWriter>.Instance);
        foreach (var write in Enumerable.Range(0, 5).Select(_ => writer.WriteAsync(_ => Task.FromResult(0))).ToList())
        {
            Assert.That(async () => await write.WaitAsync(TimeSpan.FromSeconds(20)), Throws.Exception.Matches<Exception>(exception => DatabaseFailure.Is(exception!)));
        }

        Directory.CreateDirectory(folder);

        Assert.That(await writer.WriteAsync(_ => Task.FromResult(7)).WaitAsync(TimeSpan.FromSeconds(20)), Is.EqualTo(7));
    }

    [Test]
    public async Task A_cancelled_operation_that_has_not_begun_is_not_carried_out()
    {
        var ran = false;
        Assert.That(
            async () => await _writer.WriteAsync(_ => Task.FromResult(ran = true), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        await _writer.WriteAsync(_ => Task.FromResult(0));

        Assert.That(ran, Is.False);
    }

    [Test]
    public async Task A_unique_violation_is_recognised()
    {
        await _writer.WriteAsync(AddAsync);

        Assert.That(async () => await _writer.WriteAsync(AddAsync), Throws.Exception.Matches<Exception>(exception => UniqueViolation.Is(exception!)));
        Assert.That(UniqueViolation.Is(new DbUpdateException()), Is.False);

        static async Task<int> AddAsync(PipelineDbContext db)
        {
            db.Jobs.Add(new VideoProcessingJob { VideoId = 1, JobType = JobType.Publish, IdempotencyKey = "same" });
            return await db.SaveChangesAsync();
        }
    }

    private sealed class Contexts(string file) : IDbContextFactory<PipelineDbContext>
    {
        public PipelineDbContext CreateDbContext() =>
            new SqlitePipelineDbContext(SqliteDatabase.Options<SqlitePipelineDbContext>(SqliteDatabase.ConnectionString(file)));
    }
}
