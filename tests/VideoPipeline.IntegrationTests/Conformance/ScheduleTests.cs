using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VideoPipeline.Catalog;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>The recurring jobs in Hangfire follow the channels' rows.</summary>
public sealed class ScheduleTests
{
    private const string Yearly = "0 0 1 1 *";

    [Test]
    public async Task What_a_crash_has_left_different_is_mended()
    {
        using var folder = new TemporaryFolder();
        await using var host = await QueueHost.StartAsync(new Dictionary<string, string?> { ["DataDirectory"] = folder.Path });
        var ids = await AddAsync(host, Yearly, Yearly, null);
        var recurring = host.Service<IRecurringJobManager>();
        recurring.AddOrUpdate<ScheduledScrape>(IdOf(ids[0]), scrape => scrape.RunAsync(ids[0], "x"), "0 0 2 2 *");
        recurring.AddOrUpdate<ScheduledScrape>(IdOf(ids[2]), scrape => scrape.RunAsync(ids[2], "x"), Yearly);
        recurring.AddOrUpdate<ScheduledScrape>("somebody-elses", scrape => scrape.RunAsync(ids[2], "x"), Yearly);

        await host.Service<RecurringScrapes>().SyncAsync(CancellationToken.None);

        Assert.That(
            CronsOf(host),
            Is.EquivalentTo(new[] { (IdOf(ids[0]), Yearly), (IdOf(ids[1]), Yearly), ("somebody-elses", Yearly) }));
    }

    /// <summary>Hangfire is asked for each by itself, and there may be thousands.</summary>
    [Test]
    public async Task Of_channels_that_have_long_been_the_same_the_schedule_is_compared_at_the_start_only()
    {
        using var folder = new TemporaryFolder();
        await using var host = await QueueHost.StartAsync(new Dictionary<string, string?> { ["DataDirectory"] = folder.Path });
        var ids = await AddAsync(host, Yearly, Yearly);
        var longAgo = TimeProvider.System.GetUtcNow().AddHours(-1);
        await host.Writer.WriteAsync(db => db.Channels.ExecuteUpdateAsync(set => set.SetProperty(c => c.UpdatedAt, longAgo)));
        host.Service<IRecurringJobManager>().AddOrUpdate<ScheduledScrape>(IdOf(ids[0]), scrape => scrape.RunAsync(ids[0], "x"), "0 0 2 2 *");

        await host.Service<RecurringScrapes>().SyncAsync(CancellationToken.None);
        var later = CronsOf(host);
        var started = ActivatorUtilities.CreateInstance<RecurringScrapes>(host.Service<IServiceProvider>());
        await started.SyncAsync(CancellationToken.None);

        Assert.That(later, Is.EquivalentTo(new[] { (IdOf(ids[0]), "0 0 2 2 *"), (IdOf(ids[1]), Yearly) }), "one that isn't there is seen whenever");
        Assert.That(CronsOf(host), Is.EquivalentTo(new[] { (IdOf(ids[0]), Yearly), (IdOf(ids[1]), Yearly) }));
    }

    [Test]
    public async Task A_channel_can_be_deleted_with_its_jobs_while_Hangfire_can_not_be_written()
    {
        using var folder = new TemporaryFolder();
        await using var host = await QueueHost.StartAsync(
            new Dictionary<string, string?> { ["DataDirectory"] = folder.Path, ["Workers:Publish"] = "0" },
            configure: services => services.Replace(ServiceDescriptor.Singleton<IRecurringJobManager>(new Unavailable())));
        var job = await host.EnqueueAsync();

        await host.Channels.DeleteAsync(job.ChannelId);

        Assert.That((await host.JobAsync(job.Id)).Status, Is.EqualTo(JobStatus.Cancelled));
    }

    private static string IdOf(long channelId) => $"scrape-channel-{channelId}";

    private static List<(string Id, string Cron)> CronsOf(QueueHost host)
    {
        using var connection = host.HangfireStorage.GetConnection();
        return connection.GetRecurringJobs().ConvertAll(job => (job.Id, job.Cron));
    }

    /// <summary>As rows alone: Hangfire isn't told.</summary>
    private static Task<long[]> AddAsync(QueueHost host, params string?[] crons)
    {
        var now = TimeProvider.System.GetUtcNow();
        return host.Writer.WriteAsync(async db =>
        {
            var channels = Array.ConvertAll(crons, cron => new Channel
            {
                Name = Guid.NewGuid().ToString("N"),
                SourceUrl = "/",
                Profile = "default",
                Cron = cron,
                CreatedAt = now,
                UpdatedAt = now,
            });
            db.Channels.AddRange(channels);
            await db.SaveChangesAsync();
            return Array.ConvertAll(channels, channel => channel.Id);
        });
    }

    private sealed class Unavailable : IRecurringJobManager
    {
        public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) => throw new IOException("away");

        public void Trigger(string recurringJobId) => throw new IOException("away");

        public void RemoveIfExists(string recurringJobId) => throw new IOException("away");
    }
}
