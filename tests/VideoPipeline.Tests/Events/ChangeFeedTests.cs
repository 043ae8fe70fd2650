using Microsoft.Extensions.Logging.Abstractions;
using VideoPipeline.Events;
using VideoPipeline.Jobs;
using VideoPipeline.Tests.Database;

namespace VideoPipeline.Tests.Events;

public sealed class ChangeFeedTests
{
    [Test]
    public async Task After_more_has_changed_than_can_be_told_what_changes_next_is_told_again()
    {
        const int Many = ChangeListener.MostPending + 500;
        using var database = await SqliteFile.CreateAsync();
        var signals = new JobSignals();
        using var pauses = new PauseState(database, TimeProvider.System, NullLogger<PauseState>.Instance);
        using var feed = new ChangeFeed(database, pauses, signals, TimeProvider.System, NullLogger<ChangeFeed>.Instance) { MostVersions = Many - 1 };
        await feed.StartAsync(CancellationToken.None);
        using var listener = feed.Listen(new())!;
        await HearAsync<PausesChanged>(listener);

        await AddAsync(database, Many);
        signals.RaiseChanged();
        await HearAsync<FeedReset>(listener);
        await AddAsync(database, 1);
        signals.RaiseChanged();
        var told = await HearAsync<JobChanged>(listener);

        Assert.That(told.Job.Id, Is.EqualTo(Many + 1));
        await feed.StopAsync(CancellationToken.None);
    }

    private static async Task AddAsync(SqliteFile database, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var db = database.CreateDbContext();
        db.Jobs.AddRange(Enumerable.Range(0, count).Select(_ => new VideoProcessingJob
        {
            JobType = JobType.Publish,
            Status = JobStatus.Completed,
            CreatedAt = now,
            QueuedAt = now,
            UpdatedAt = now,
            CompletedAt = now,
        }));
        await db.SaveChangesAsync();
    }

    /// <summary>The next event, which must be of this kind.</summary>
    private static async Task<T> HearAsync<T>(ChangeListener listener)
        where T : FeedEvent
    {
        FeedEvent? next;
        while (!listener.TryTake(out next))
        {
            await listener.Arrived.WaitAsync(TimeSpan.FromSeconds(20));
        }

        Assert.That(next, Is.TypeOf<T>());
        return (T)next;
    }
}
