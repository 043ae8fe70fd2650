using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VideoPipeline.IntegrationTests.Access;

/// <summary>What operators do is written down, and can be asked for.</summary>
public sealed class AuditTests : AccessFixture
{
    [Test]
    public async Task Everything_that_an_operator_does_is_in_the_log_with_his_name_and_address()
    {
        using var client = NewClient(Operator);
        var folder = Folder.NewFolder("videos");
        var file = Path.Combine(folder, "video.mp4");
        await File.WriteAllTextAsync(file, "not really a video");

        var channel = Id(await SendAsync(HttpMethod.Post, "/api/channels", new { name = "Audited", source = new { kind = "folder", url = folder }, cron = "0 3 1 1 *" }));
        await SendAsync(HttpMethod.Patch, $"/api/channels/{channel}", new { priority = 7 });
        var video = await SendAsync(HttpMethod.Post, "/api/videos", new { channelId = channel, url = file });
        var job = Id(video.GetProperty("stages")[0]);
        await SendAsync(HttpMethod.Patch, $"/api/jobs/{job}", new { priority = 9 });
        await SendAsync(HttpMethod.Post, $"/api/jobs/{job}/cancel");
        await SendAsync(HttpMethod.Post, $"/api/jobs/{job}/retry");
        await SendAsync(HttpMethod.Post, "/api/queue/pause", new { jobType = "publish", reason = "test" });
        await SendAsync(HttpMethod.Post, "/api/queue/resume", new { jobType = "publish" });
        await SendAsync(HttpMethod.Post, "/api/queue/process-next", new { jobType = "publish" });
        await SubmitAsync(client, "/queue/process-next", KeyValuePair.Create("jobType", "publish"));
        await SendAsync(HttpMethod.Post, $"/api/channels/{channel}/scrape");
        await TriggerAsync(client, $"scrape-channel-{channel}");
        await SendAsync(HttpMethod.Delete, $"/api/channels/{channel}");

        // A conflict has changed nothing, so nothing was done.
        using (var refused = await client.PostAsync($"/api/jobs/{job}/cancel", content: null))
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        }

        var entries = (await ListAsync("actor=operator")).ToList();
        Assert.That(
            entries.Select(entry => entry.GetProperty("action").GetString()).Reverse(),
            Is.EqualTo(new[]
            {
                "channel.create", "channel.change", "video.add", "job.priority", "job.cancel", "job.retry", "queue.pause", "queue.resume", "queue.process", "queue.process",
                "job.enqueue", "dashboard", "channel.delete", "job.cancel",
            }));
        var cancelled = entries[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(entries.Select(entry => entry.GetProperty("address").GetString()), Is.All.StartsWith("192.0.2."));
            Assert.That(cancelled.GetProperty("jobCount").GetInt32(), Is.EqualTo(2), "the download and the scrape, together");
            Assert.That(cancelled.GetProperty("channelId").GetInt64(), Is.EqualTo(channel));
            Assert.That(Details("channel.change").GetProperty("changed").EnumerateArray().Select(field => field.GetString()), Is.EqualTo(new[] { "priority" }));
            Assert.That(Details("queue.pause").GetProperty("reason").GetString(), Is.EqualTo("test"));
            Assert.That(Details("dashboard").GetProperty("button").GetString(), Is.EqualTo("trigger"));
        }

        JsonElement Details(string action) => entries.Single(entry => entry.GetProperty("action").GetString() == action).GetProperty("details");

        async Task<JsonElement> SendAsync(HttpMethod method, string url, object? body = null)
        {
            using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body) };
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.That(response.IsSuccessStatusCode, Is.True, $"{url}: {text}");
            return text.Length == 0 ? default : JsonElement.Parse(text);
        }
    }

    [Test]
    public async Task It_can_be_filtered_and_is_read_page_by_page()
    {
        await NewKeyAsync("one", "read");
        await NewKeyAsync("two", "read");

        var all = await ListAsync("action=key.create&actor=local");
        Assert.That(all.Count, Is.GreaterThanOrEqualTo(4));
        Assert.That(all[0].GetProperty("details").GetProperty("name").GetString(), Is.EqualTo("two"));

        using var client = NewClient(Reader);
        var first = JsonElement.Parse(await client.GetStringAsync("/api/audit?action=key.create&limit=1"));
        var second = JsonElement.Parse(await client.GetStringAsync($"/api/audit?action=key.create&limit=1&cursor={first.GetProperty("nextCursor").GetString()}"));
        Assert.That((Id(first.GetProperty("items")[0]), Id(second.GetProperty("items")[0])), Is.EqualTo((Id(all[0]), Id(all[1]))));

        var at = Uri.EscapeDataString(all[0].GetProperty("at").GetString()!);
        Assert.That((await ListAsync($"from={at}&action=key.create")).Select(Id), Is.EqualTo(new[] { Id(all[0]) }));
        Assert.That((await ListAsync($"to={at}&action=key.create")).Select(Id), Has.None.EqualTo(Id(all[0])));
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/audit?from=yesterday", Reader), Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static long Id(JsonElement row) => row.GetProperty("id").GetInt64();

    private static async Task TriggerAsync(HttpClient client, string recurring)
    {
        var page = await client.GetStringAsync("/hangfire/recurring");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hangfire/recurring/trigger")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", recurring)]),
        };
        request.Headers.Add(Meta("csrf-header").Match(page).Groups["content"].Value, Meta("csrf-token").Match(page).Groups["content"].Value);
        using var response = await client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    /// <summary>As the form of the queue's page does.</summary>
    private static async Task SubmitAsync(HttpClient client, string action, KeyValuePair<string, string> field)
    {
        var token = Regex.Match(
            await client.GetStringAsync("/queue"), "name=\"(?<name>__RequestVerificationToken)\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        using var form = new FormUrlEncodedContent([field, KeyValuePair.Create(token.Groups["name"].Value, token.Groups["value"].Value)]);
        using var response = await client.PostAsync(action, form);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
    }

    private static Regex Meta(string name) =>
        new($"<meta name=\"{name}\" content=\"(?<content>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string query)
    {
        using var client = NewClient(Reader);
        return [.. JsonElement.Parse(await client.GetStringAsync($"/api/audit?{query}")).GetProperty("items").EnumerateArray()];
    }
}
