using System.Net;
using System.Net.Sockets;
using VideoPipeline.IntegrationTests.Conformance;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Storages;
using VideoPipeline.Jobs;
using VideoPipeline.Notifications;

namespace VideoPipeline.IntegrationTests.Notifications;

[TestFixture]
internal sealed class NotificationsOnSqlite() : NotificationConformance(TestStorage.Sqlite)
{
    /// <summary>Each wait is four times the one before, so that few attempts fit into any time.</summary>
    private const int MoreThanFit = 50;

    [Test]
    public async Task A_notification_is_given_up_when_its_time_is_over_or_its_receiver_is_gone_for_good()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(null, [.. receiver.Settings(), ("Notifications:GiveUpAfter", "00:00:05")]);
        for (var n = 0; n < MoreThanFit; n++)
        {
            receiver.Answer(503);
        }

        await host.Queue.PauseAsync();
        await UntilAsync(host, NotificationStatus.Failed, 1);
        Assert.That(receiver.Received, Has.Count.InRange(2, MoreThanFit - 1));
        var given = (await host.Service<NotificationRows>().ListAsync(NotificationStatus.Failed, 10, null, CancellationToken.None)).Single();
        Assert.That((given.ResponseStatus, given.Error, given.Attempts), Is.EqualTo((503, "It answered 503.", receiver.Received.Count)));

        await using var gone = await WebhookReceiver.StartAsync();
        gone.Answer(410);
        await host.StopAsync();
        await using var next = await StartAsync(null, gone.Settings());
        await next.Queue.ResumeAsync();
        await UntilAsync(next, NotificationStatus.Failed, 2);
        Assert.That(gone.Received, Has.Count.EqualTo(1));

        // Asked to, it is sent once more.
        await next.Service<NotificationRows>().RetryAsync(given.Id, CancellationToken.None);
        await UntilAsync(next, NotificationStatus.Delivered, 1);
        Assert.That(gone.Received[^1].Id, Is.EqualTo(given.MessageId));
    }

    [Test]
    public async Task A_receiver_in_a_private_network_is_not_spoken_to_unless_that_is_allowed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(null, [.. receiver.Settings(), ("Notifications:AllowPrivateNetworks", "false"), ("Notifications:GiveUpAfter", "00:00:00.1")]);

        await host.Queue.PauseAsync();
        await UntilAsync(host, NotificationStatus.Failed, 1);

        var refused = (await host.Service<NotificationRows>().ListAsync(null, 10, null, CancellationToken.None)).Single();
        Assert.That(refused.Error, Does.Contain("VideoPipeline:Notifications:AllowPrivateNetworks"));
        Assert.That(receiver.Received, Is.Empty);
    }

    [Test]
    public async Task A_notification_outlives_a_kill_between_its_commit_and_its_delivery()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["VideoPipeline__Notifications__Webhooks__0__Url"] = $"http://127.0.0.1:{port}/",
            ["VideoPipeline__Notifications__Webhooks__0__Secret"] = WebhookReceiver.Secret,
            ["VideoPipeline__Notifications__AllowPrivateNetworks"] = "true",
            ["VideoPipeline__Notifications__RetryDelay"] = "00:00:00.2",
        };
        string messageId;
        await using (var killed = await ServerProcess.StartAsync(folder.Of("data"), settings))
        {
            var api = new ServiceApi(killed.HttpClient);
            await api.PostAsync("/api/queue/pause", new { reason = "before the kill" });
            var pending = (await api.GetAsync("/api/notifications?status=pending")).GetProperty("items")[0];
            messageId = ServiceApi.Text(pending, "messageId")!;
            Assert.That((ServiceApi.Text(pending, "event"), ServiceApi.Text(pending, "webhook")), Is.EqualTo(("queuePaused", "127.0.0.1")));
            killed.Kill();
        }

        await using var receiver = await WebhookReceiver.StartAsync(port);
        await using var server = await ServerProcess.StartAsync(folder.Of("data"), settings);
        var received = await receiver.UntilAsync("queuePaused");
        var again = new ServiceApi(server.HttpClient);
        await Eventually.TrueAsync(
            async () => (await again.GetAsync("/api/notifications?status=delivered")).GetProperty("items").GetArrayLength() == 1, "it is delivered");

        Assert.That((received.Id, received.IsSigned, received.Data.GetProperty("reason").GetString()), Is.EqualTo((messageId, true, "before the kill")));
        Assert.That(receiver.Received, Has.Count.EqualTo(1));

        // Asked to, it is sent once more.
        var delivered = (await again.GetAsync("/api/notifications?status=delivered")).GetProperty("items")[0];
        var retried = await again.PostAsync($"/api/notifications/{ServiceApi.Id(delivered)}/retry");
        Assert.That((ServiceApi.Text(retried, "status"), ServiceApi.Text(retried, "messageId")), Is.EqualTo(("pending", messageId)));
        await Eventually.TrueAsync(() => receiver.Received.Count == 2, "it is sent once more");
        Assert.That(receiver.Received[1].Id, Is.EqualTo(messageId));

        using var wrong = await server.HttpClient.GetAsync("/api/notifications?status=lost");
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        using var unknown = await server.HttpClient.PostAsync("/api/notifications/999/retry", content: null);
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
