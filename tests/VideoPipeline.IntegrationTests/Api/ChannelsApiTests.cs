using System.Net;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

public sealed class ChannelsApiTests : ApiFixture
{
    [Test]
    public async Task A_channel_is_added_with_defaults_and_found_again()
    {
        var channel = await NewChannelAsync(new { cron = "0 3 * * *", rights = "publicDomain" });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(channel.GetProperty("priority").GetInt32(), Is.EqualTo(5));
            Assert.That(Text(channel, "profile"), Is.EqualTo("youtube-1080p"));
            Assert.That(Text(channel, "rights"), Is.EqualTo("publicDomain"));
            Assert.That(Text(channel.GetProperty("target"), "kind"), Is.EqualTo("folder"));
            Assert.That(channel.GetProperty("nextScrapeAt").GetDateTimeOffset().Hour, Is.EqualTo(3));
            Assert.That(Text(channel, "createdAt"), Does.EndWith("Z"));
            Assert.That((await GetAsync($"/api/channels/{Id(channel)}")).GetRawText(), Is.EqualTo(channel.GetRawText()));
            Assert.That(Ids(await GetAsync("/api/channels")), Does.Contain(Id(channel)));
        }
    }

    [Test]
    public async Task A_patch_changes_only_what_it_names()
    {
        var channel = await NewChannelAsync(new { cron = "0 3 * * *", filters = new { titleInclude = "a", maxPerRun = 2 }, attribution = "Me" });

        var changed = await PatchAsync($"/api/channels/{Id(channel)}", new { cron = (string?)null, filters = new { maxPerRun = 3 } });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed.GetProperty("cron").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(changed.GetProperty("filters").GetProperty("maxPerRun").GetInt32(), Is.EqualTo(3));
            Assert.That(Text(changed.GetProperty("filters"), "titleInclude"), Is.EqualTo("a"));
            foreach (var field in new[] { "name", "source", "attribution", "profile", "target", "priority", "createdAt" })
            {
                Assert.That(changed.GetProperty(field).GetRawText(), Is.EqualTo(channel.GetProperty(field).GetRawText()), field);
            }
        }
    }

    [Test]
    public async Task A_target_may_be_its_kind_alone()
    {
        var channel = await NewChannelAsync(new { target = "folder" });
        var changed = await PatchAsync($"/api/channels/{Id(channel)}", new { target = "youtube", rights = "own" });
        using var unknown = await SendAsync(HttpMethod.Patch, $"/api/channels/{Id(channel)}", """{"target":"tape"}""");

        Assert.That(Text(channel.GetProperty("target"), "kind"), Is.EqualTo("folder"));
        Assert.That(Text(changed.GetProperty("target"), "kind"), Is.EqualTo("youtube"));
        await AssertProblemAsync(unknown, HttpStatusCode.BadRequest, "target.kind");
    }

    [TestCase("feed", "https://example.org/feed.xml")]
    [TestCase("ytdlp", "https://www.youtube.com/@example/videos")]
    public async Task A_channel_may_have_a_source_on_the_network(string kind, string url)
    {
        var channel = await PostAsync("/api/channels", new { name = NewName(), source = new { kind, url } }, HttpStatusCode.Created);
        var changed = await PatchAsync($"/api/channels/{Id(channel)}", new { source = new { url = url + "?more" } });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(channel.GetProperty("source"), "url"), Is.EqualTo(url));
            Assert.That(Text(changed.GetProperty("source"), "kind"), Is.EqualTo(kind));
            Assert.That(Text(changed.GetProperty("source"), "url"), Is.EqualTo(url + "?more"));
            Assert.That(channel.GetProperty("pause").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(Id(await PostAsync($"/api/channels/{Id(channel)}/resume")), Is.EqualTo(Id(channel)), "there is nothing to resume");
            await PostAsync("/api/channels/999999/resume", expected: HttpStatusCode.NotFound);
        }
    }

    [Test]
    public async Task Two_patches_at_the_same_time_both_hold()
    {
        var url = $"/api/channels/{Id(await NewChannelAsync())}";

        await Task.WhenAll(PatchAsync(url, new { priority = 9 }), PatchAsync(url, new { cron = "1 2 3 4 *" }), PatchAsync(url, new { attribution = "Me" }));

        var channel = await GetAsync(url);
        Assert.That(
            (channel.GetProperty("priority").GetInt32(), Text(channel, "cron"), Text(channel, "attribution")),
            Is.EqualTo((9, "1 2 3 4 *", "Me")));
    }

    [Test]
    public async Task A_name_is_taken_once_until_its_channel_is_deleted()
    {
        var channel = await NewChannelAsync();
        var again = new { name = Text(channel, "name"), source = channel.GetProperty("source") };

        await PostAsync("/api/channels", again, HttpStatusCode.Conflict);
        using var deleted = await SendAsync(HttpMethod.Delete, $"/api/channels/{Id(channel)}");

        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await PostAsync("/api/channels", again, HttpStatusCode.Created);
    }

    [Test]
    public async Task Deleting_a_channel_cancels_its_jobs_and_takes_no_new_ones()
    {
        var channel = await NewChannelAsync();
        var video = await NewVideoAsync(channel);
        var scrape = await PostAsync($"/api/channels/{Id(channel)}/scrape", expected: HttpStatusCode.Created);

        using var deleted = await SendAsync(HttpMethod.Delete, $"/api/channels/{Id(channel)}");

        var jobs = (await GetAsync($"/api/jobs?channelId={Id(channel)}")).GetProperty("items").EnumerateArray().ToList();
        Assert.That(jobs.Select(job => Text(job, "status")), Is.EqualTo(new[] { "cancelled", "cancelled" }));
        await GetAsync($"/api/channels/{Id(channel)}", HttpStatusCode.NotFound);
        await PatchAsync($"/api/channels/{Id(channel)}", new { priority = 1 }, HttpStatusCode.NotFound);
        await PostAsync($"/api/channels/{Id(channel)}/scrape", expected: HttpStatusCode.NotFound);
        await PostAsync($"/api/jobs/{Id(scrape)}/retry", expected: HttpStatusCode.Conflict);
        await PostAsync("/api/jobs", new { jobType = "transform", videoId = Id(video) }, HttpStatusCode.Conflict);
        Assert.That(Ids(await GetAsync("/api/channels?limit=500")), Does.Not.Contain(Id(channel)));
        Assert.That(Id(await GetAsync($"/api/videos/{Id(video)}")), Is.EqualTo(Id(video)), "its history stays");
    }

    [Test]
    public async Task A_scrape_is_enqueued_once_at_a_time_with_the_channels_priority()
    {
        var channel = await NewChannelAsync(new { priority = 8 });

        using var response = await SendAsync(HttpMethod.Post, $"/api/channels/{Id(channel)}/scrape");
        var job = await ReadAsync(response, HttpStatusCode.Created);

        Assert.That(response.Headers.Location?.ToString(), Is.EqualTo($"/api/jobs/{Id(job)}"));
        Assert.That((Text(job, "jobType"), job.GetProperty("priority").GetInt32()), Is.EqualTo(("scrape", 8)));
        using var second = await SendAsync(HttpMethod.Post, $"/api/channels/{Id(channel)}/scrape");
        await AssertProblemAsync(second, HttpStatusCode.Conflict, field: null);
    }

    [TestCase("{}", "name")]
    [TestCase("{}", "source")]
    [TestCase("""{"name":"../x","source":{"kind":"folder","url":"/"}}""", "name")]
    [TestCase("""{"name":"x","source":{"kind":"folder","url":"/no/such/folder"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"folder","url":"relative"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"folder","url":"http://example.org/"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"carrier pigeon","url":"/"}}""", "source.kind")]
    [TestCase("""{"name":"x","source":{"kind":"feed","url":"/"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"feed"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"feed","url":"file:///etc/passwd"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"ytdlp","url":"--exec=reboot"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"ytdlp","url":"ytsearch:cats"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"kind":"ytdlp","url":"https://me:secret@example.org/"}}""", "source.url")]
    [TestCase("""{"name":"x","source":{"url":"/"}}""", "source.kind")]
    [TestCase("""{"name":"x","source":{"kind":"folder","url":5}}""", "source.url")]
    [TestCase("""{"name":"x","source":"/"}""", "source")]
    [TestCase("""{"name":"x","rights":"stolen"}""", "rights")]
    [TestCase("""{"name":"x","profile":"nope"}""", "profile")]
    [TestCase("""{"name":"x","target":{"kind":"folder","path":"relative"}}""", "target.path")]
    [TestCase("""{"name":"x","target":5}""", "target")]
    [TestCase("""{"name":"x","target":["folder"]}""", "target")]
    [TestCase("""{"name":"x","cron":"* * * *"}""", "cron")]
    [TestCase("""{"name":"x","cron":"0 0 30 2 *"}""", "cron")]
    [TestCase("""{"name":"x","cron":"@every_second"}""", "cron")]
    [TestCase("""{"name":"x","filters":{"titleInclude":"("}}""", "filters.titleInclude")]
    [TestCase("""{"name":"x","filters":{"minDuration":-1}}""", "filters.minDuration")]
    [TestCase("""{"name":"x","filters":{"minDuration":9,"maxDuration":8}}""", "filters.maxDuration")]
    [TestCase("""{"name":"x","filters":{"maxPerRun":0}}""", "filters.maxPerRun")]
    [TestCase("""{"name":"x","filters":{"publishedAfter":"yesterday"}}""", "filters.publishedAfter")]
    [TestCase("""{"name":"x","priority":11}""", "priority")]
    [TestCase("""{"name":"x","allowPrivateNetworks":"yes"}""", "allowPrivateNetworks")]
    [TestCase("""{"name":"x","colour":"red"}""", "colour")]
    public async Task What_a_channel_must_not_be_is_named_and_nothing_is_written(string body, string field)
    {
        var before = await CountAsync();

        using var response = await SendAsync(HttpMethod.Post, "/api/channels", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [TestCase("""{"priority":11}""", "priority")]
    [TestCase("""{"priority":"high"}""", "priority")]
    [TestCase("""{"name":null}""", "name")]
    [TestCase("""{"colour":null}""", "colour")]
    [TestCase("""{"filters":{"colour":1}}""", "filters.colour")]
    [TestCase("""{"cron":null,"cron":null}""", "cron")]
    [TestCase("""{"filters":{"maxPerRun":1,"maxPerRun":1}}""", "maxPerRun")]
    [TestCase("[1]", "body")]
    [TestCase("null", "body")]
    public async Task A_bad_patch_changes_nothing(string body, string field)
    {
        var channel = await NewChannelAsync();

        using var response = await SendAsync(HttpMethod.Patch, $"/api/channels/{Id(channel)}", body);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That((await GetAsync($"/api/channels/{Id(channel)}")).GetRawText(), Is.EqualTo(channel.GetRawText()));
    }

    [Test]
    public async Task Folders_that_the_pipeline_writes_to_are_no_sources()
    {
        var published = Directory.CreateDirectory(Path.Combine(Server.DataDirectory, "published", "x")).FullName;

        using var response = await SendAsync(
            HttpMethod.Post, "/api/channels", JsonSerializer.Serialize(new { name = NewName(), source = new { kind = "folder", url = published } }));

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "source.url");
    }
}
