using Microsoft.EntityFrameworkCore;
using VideoPipeline.IntegrationTests.Notifications;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Notifications;
using VideoPipeline.Stages;

namespace VideoPipeline.IntegrationTests.Conformance;

/// <summary>That whoever wants to be told of something is, on every storage.</summary>
internal abstract class NotificationConformance(TestStorage storage) : QueueFixture(storage)
{
    [Test]
    public async Task Everything_that_a_webhook_wants_to_hear_of_arrives_once_and_signed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(
            (context, _) => context.Job.JobType switch
            {
                JobType.Download => throw new PermanentFailureException("The file is gone."),
                JobType.Scrape => throw new SourceRefusedException("429"),
                _ => Task.FromResult(Success),
            },
            receiver.Settings());

        var published = await host.EnqueueAsync();
        var failed = await host.EnqueueAsync(JobType.Download);
        await host.Queue.EnqueueJobAsync(new EnqueueRequest { JobType = JobType.Scrape, ChannelId = failed.ChannelId });
        await host.UntilAsync(published.Id, JobStatus.Completed);
        await host.Queue.PauseAsync(JobType.Publish, "a break", "me");
        await host.Queue.ResumeAsync();
        foreach (var name in new[] { "published", "failed", "channelBlocked", "queuePaused", "queueResumed" })
        {
            await receiver.UntilAsync(name);
        }

        await UntilAsync(host, NotificationStatus.Delivered, 5);
        var failure = await receiver.UntilAsync("failed");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(receiver.Received.Select(received => received.IsSigned), Is.All.True);
            Assert.That(receiver.Received, Has.Count.EqualTo(5));
            Assert.That(failure.Data.GetProperty("errorMessage").GetString(), Is.EqualTo("The file is gone."));
            Assert.That((failure.Data.GetProperty("jobId").GetInt64(), failure.Data.GetProperty("video").GetProperty("id").GetInt64()), Is.EqualTo((failed.Id, failed.VideoId)));
            Assert.That((await receiver.UntilAsync("published")).Data.GetProperty("jobId").GetInt64(), Is.EqualTo(published.Id));
            Assert.That((await receiver.UntilAsync("channelBlocked")).Data.GetProperty("channel").GetProperty("id").GetInt64(), Is.EqualTo(failed.ChannelId));
            Assert.That((await receiver.UntilAsync("queuePaused")).Data.GetProperty("pausedBy").GetString(), Is.EqualTo("me"));
        }
    }

    [Test]
    public async Task What_a_late_worker_can_not_write_nobody_is_told_of()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(null, [.. receiver.Settings(), ("Workers:Publish", "0")]);
        await host.EnqueueAsync();
        var claimed = (await host.Rows.ClaimNextAsync([JobType.Publish], "frozen"))!;
        await host.Queue.CancelJobAsync(claimed.Id);

        Assert.That(await host.Rows.FailAsync(claimed, new PermanentFailureException("too late")), Is.Null);
        Assert.That(await host.Rows.CompleteAsync(claimed, Success), Is.False);

        await using var db = await host.ReadAsync();
        Assert.That(await db.Notifications.CountAsync(), Is.Zero);
    }

    [Test]
    public async Task A_receiver_that_fails_is_tried_again_with_the_same_id_and_holds_up_neither_jobs_nor_others()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(null, [.. receiver.Settings(), .. other.Settings(number: 1, name: "other"), ("Notifications:Timeout", "00:00:02")]);
        receiver.Answer(500);
        receiver.StaySilent();
        receiver.Answer(302);
        receiver.Answer(404);

        await host.UntilAsync((await host.EnqueueAsync()).Id, JobStatus.Completed);
        await other.UntilAsync("published");
        await UntilAsync(host, NotificationStatus.Delivered, 2);

        Assert.That(receiver.Received, Has.Count.EqualTo(5));
        Assert.That(receiver.Received.Select(received => received.Id).Distinct().Count(), Is.EqualTo(1));
        Assert.That(receiver.Received.Select(received => (received.Path, received.IsSigned)), Is.All.EqualTo(("/", true)));
        Assert.That(other.Received, Has.Count.EqualTo(1));
    }

    protected static Task UntilAsync(QueueHost host, NotificationStatus status, int count) => Eventually.TrueAsync(
        async () =>
        {
            await using var db = await host.ReadAsync();
            return await db.Notifications.CountAsync(n => n.Status == status) == count;
        },
        $"{count} notification(s) are {status}");
}
