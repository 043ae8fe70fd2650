using Microsoft.Extensions.Logging.Abstractions;
using VideoPipeline.Jobs;
using VideoPipeline.Tests.Database;

namespace VideoPipeline.Tests.Jobs;

public sealed class PauseStateTests
{
    [Test]
    public async Task A_read_that_is_late_does_not_undo_what_a_later_one_has_found()
    {
        var slow = new SlowRead("FROM \"queue_pauses\"");
        using var database = await SqliteFile.CreateAsync(slow);
        using var pauses = new PauseState(database, TimeProvider.System, NullLogger<PauseState>.Instance);
        var late = pauses.RefreshAsync(CancellationToken.None);
        await slow.Read.WaitAsync(TimeSpan.FromSeconds(20));
        await using (var db = database.CreateDbContext())
        {
            db.Pauses.Add(new QueuePause { Scope = QueuePause.All, PausedAt = TimeProvider.System.GetUtcNow() });
            await db.SaveChangesAsync();
        }

        await pauses.RefreshAsync(CancellationToken.None);
        slow.Release();
        await late;

        Assert.That(pauses.IsPaused(JobType.Publish));
    }
}
