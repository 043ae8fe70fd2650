using Npgsql;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>Hangfire's tables are a mirror: they can be dropped while the service runs.</summary>
[TestFixture]
internal sealed class WipeTests() : QueueFixture(TestStorage.PostgreSql)
{
    [Test]
    public async Task All_jobs_complete_once_although_Hangfires_tables_are_dropped_meanwhile()
    {
        const int Videos = 250;
        await using var host = await StartAsync(
            async (_, stop) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
                return Success;
            },
            ("Workers:Transform", "4"), ("Workers:Publish", "4"));
        var videos = await host.AddVideosAsync(Videos);
        await host.Queue.EnqueueJobsAsync([.. videos.Select(video => new EnqueueRequest { JobType = JobType.Transform, VideoId = video })]);
        await Eventually.TrueAsync(() => host.Started.Count > 50, "50 jobs have started");

        await Eventually.TrueAsync(DropAsync, "Hangfire's schema is dropped");

        await host.UntilAllAsync(JobStatus.Completed, 2 * Videos, TimeSpan.FromSeconds(90));
        Assert.That(host.Started, Is.Unique);
        Assert.That(host.Started, Has.Count.EqualTo(2 * Videos));
    }

    /// <summary>False when the server has chosen this of two who waited for each other's locks: the service takes others meanwhile.</summary>
    private static async Task<bool> DropAsync()
    {
        try
        {
            await (await TestServers.PostgreSqlAsync()).ExecuteAsync(PostgreSqlTestStorage.Database, "DROP SCHEMA hangfire CASCADE");
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return false;
        }
    }
}
