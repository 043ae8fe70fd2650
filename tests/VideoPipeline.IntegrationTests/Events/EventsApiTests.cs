using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VideoPipeline.IntegrationTests.Api;

namespace VideoPipeline.IntegrationTests.Events;

/// <summary>What a client of <c>/api/events</c> hears of the service, and what becomes of it when the network fails.</summary>
public sealed class EventsApiTests : ApiFixture
{
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(1);

    private Uri Address => Client.BaseAddress!;

    [Test]
    public async Task A_change_of_a_job_is_heard_of_within_a_second_with_all_that_the_API_says_of_it()
    {
        await using var client = await EventClient.StartAsync(Address);

        JsonElement job = default, heard = default;
        await Eventually.PromptlyAsync(Live, async () =>
        {
            job = await NewJobAsync(new { githubWorkflowRunId = 7 });
            var watch = Stopwatch.StartNew();
            await client.UntilJobAsync(Id(job), "queued");
            var longest = watch.Elapsed;
            foreach (var status in new[] { "processing", "completed" })
            {
                await PostAsync($"/api/jobs/{Id(job)}/workflow-status", new { status });
                watch.Restart();
                heard = (await client.UntilJobAsync(Id(job), status)).Data;
                longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            }

            return longest;
        });

        var told = await GetAsync($"/api/jobs/{Id(job)}");
        var video = await GetAsync($"/api/videos/{job.GetProperty("videoId").GetInt64()}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(heard, "videoTitle"), Is.EqualTo(Text(video, "title")));
            foreach (var field in told.EnumerateObject().Where(field => field.Name != "history"))
            {
                Assert.That(heard.GetProperty(field.Name).GetRawText(), Is.EqualTo(field.Value.GetRawText()), field.Name);
            }
        }
    }

    [Test]
    public async Task A_pause_and_its_end_are_heard_of()
    {
        await using var client = await EventClient.StartAsync(Address);
        Assert.That(client.Received[0].Data.GetProperty("byType").GetProperty("transform").GetProperty("paused").GetBoolean(), Is.False);

        await PostAsync("/api/queue/pause", new { jobType = "transform", reason = "disk" });
        await client.UntilAsync(
            received => received.Name == "queue" && Text(received.Data.GetProperty("byType").GetProperty("transform"), "reason") == "disk", "the pause");
        await PostAsync("/api/queue/resume");
        await Eventually.TrueAsync(
            () => client.Received[^1] is { Name: "queue" } last && !last.Data.GetProperty("byType").GetProperty("transform").GetProperty("paused").GetBoolean(),
            "its end");
    }

    [Test]
    public async Task A_filter_lets_through_what_it_names()
    {
        var video = await NewVideoAsync();
        await using var one = await EventClient.StartAsync(Address, $"?videoId={Id(video)}");
        await using var type = await EventClient.StartAsync(Address, "?jobType=publish");
        await using var channel = await EventClient.StartAsync(Address, $"?channelId={video.GetProperty("channelId").GetInt64()}&jobType=transform");

        var other = await NewJobAsync();
        var mine = await PostAsync("/api/jobs", new { videoId = Id(video), jobType = "transform" }, HttpStatusCode.Created);
        var publish = await NewJobAsync(new { jobType = "publish" });

        await one.UntilJobAsync(Id(mine), "queued");
        await channel.UntilJobAsync(Id(mine), "queued");
        await type.UntilJobAsync(Id(publish), "queued");
        Assert.That(new[] { one, type, channel }.SelectMany(client => client.Jobs).Select(Id), Does.Not.Contain(Id(other)));
        Assert.That(one.Jobs.Select(job => job.GetProperty("videoId").GetInt64()), Is.All.EqualTo(Id(video)));
        Assert.That((type.Jobs.Count, channel.Jobs.Count), Is.EqualTo((1, 1)));
    }

    [TestCase("?jobType=paint", "jobType")]
    [TestCase("?videoId=x", "videoId")]
    [TestCase("?channelId=1.5", "channelId")]
    public async Task A_bad_filter_is_named(string query, string field)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/api/events{query}");

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
    }

    [Test]
    public async Task Nothing_is_missed_over_connections_that_are_cut()
    {
        await using var network = FaultyNetwork.To(Address);
        await using var client = await EventClient.StartAsync(network.Through(Address));
        var expected = new List<long>();
        for (var cut = 0; cut < 3; cut++)
        {
            // In the midst of an event, and then what happens while nobody listens.
            network.Plan(NetworkFault.Cut, NetworkDirection.ToClient, afterBytes: 700);
            expected.Add(Id(await NewJobAsync()));
            await Eventually.TrueAsync(() => network.Faults > cut, "the connection is cut");
            network.IsDown = true;
            expected.Add(Id(await NewJobAsync()));
            network.IsDown = false;
            expected.Add(Id(await NewJobAsync()));
        }

        foreach (var id in expected)
        {
            await client.UntilJobAsync(id, "queued");
        }

        Assert.That(client.Connections, Is.GreaterThan(3));
        Assert.That(client.Received.Select(received => received.Name), Does.Not.Contain("reset"));
    }

    [TestCase("nonsense")]
    [TestCase("1000000")]
    public async Task Whoever_goes_on_from_nowhere_is_told_to_read_everything_again(string lastId)
    {
        await using var client = await EventClient.StartAsync(Address, lastId: lastId);
        await using var other = await EventClient.StartAsync(Address, $"?lastEventId={lastId}");

        Assert.That(client.Received[0].Name, Is.EqualTo("reset"));
        Assert.That(other.Received[0].Name, Is.EqualTo("reset"));
        Assert.That(Text(client.Received[0].Data, "reason"), Is.Not.Empty);
    }

    [Test]
    public async Task A_client_that_does_not_read_holds_up_nobody()
    {
        using var deaf = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await deaf.ConnectAsync(IPAddress.Loopback, Address.Port);
        await deaf.SendAsync(Encoding.ASCII.GetBytes($"GET /api/events HTTP/1.1\r\nHost: {Address.Authority}\r\n\r\n"));
        await using var client = await EventClient.StartAsync(Address);
        var job = await NewJobAsync();

        // 1 MB and more for the one who doesn't read.
        var parameters = new { text = new string('x', 100_000) };
        for (var n = 0; n < 12; n++)
        {
            await NewJobAsync(new { parameters });
        }

        await PostAsync($"/api/jobs/{Id(job)}/cancel");
        await client.UntilJobAsync(Id(job), "cancelled");
    }

    [Test]
    public async Task The_end_of_the_service_ends_the_events_at_once()
    {
        await using var server = await ServerProcess.StartAsync(Folder.NewFolder("stopped"), NoWorkers);
        await using var client = await EventClient.StartAsync(server.HttpClient.BaseAddress!);
        var watch = Stopwatch.StartNew();

        Assert.That(await server.StopAsync(), Is.Zero);

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }
}
