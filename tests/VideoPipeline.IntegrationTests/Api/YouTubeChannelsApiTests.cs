using System.Net;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>Channels that publish on YouTube.</summary>
public sealed class YouTubeChannelsApiTests : ApiFixture
{
    [Test]
    public async Task What_is_set_is_shown_and_changed_field_by_field()
    {
        var channel = await NewChannelAsync(new
        {
            rights = "own",
            target = new { kind = "youtube", youtube = new { title = "{title}!", tags = new[] { "a" }, playlists = new[] { "PLone" }, privacy = "public", madeForKids = false } },
        });

        var changed = await PatchAsync($"/api/channels/{Id(channel)}", new { target = new { youtube = new { privacy = "unlisted", title = (string?)null } } });

        var settings = changed.GetProperty("target").GetProperty("youtube");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(channel.GetProperty("target").GetProperty("youtube"), "title"), Is.EqualTo("{title}!"));
            Assert.That(Text(settings, "privacy"), Is.EqualTo("unlisted"));
            Assert.That(settings.GetProperty("title").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(settings.GetProperty("tags")[0].GetString(), Is.EqualTo("a"));
            Assert.That((await GetAsync($"/api/channels/{Id(channel)}")).GetRawText(), Is.EqualTo(changed.GetRawText()));
        }
    }

    [Test]
    public async Task Rights_are_required()
    {
        await AssertRefusedAsync(new { rights = (string?)null, target = new { kind = "youtube" } }, "rights");
        await NewChannelAsync(new { rights = "licensed", target = new { kind = "youtube" } });
    }

    [TestCase("""{"channelId": "nonsense"}""", "target.youtube.channelId")]
    [TestCase("""{"title": "{nonsense}"}""", "target.youtube.title")]
    [TestCase("""{"title": ""}""", "target.youtube.title")]
    [TestCase("""{"description": "<b>"}""", "target.youtube.description")]
    [TestCase("""{"tags": [""]}""", "target.youtube.tags")]
    [TestCase("""{"tags": [null]}""", "target.youtube.tags")]
    [TestCase("""{"tags": ["a,b"]}""", "target.youtube.tags")]
    [TestCase("""{"categoryId": "music"}""", "target.youtube.categoryId")]
    [TestCase("""{"playlists": ["https://youtube.com/PL"]}""", "target.youtube.playlists")]
    [TestCase("""{"playlists": [null]}""", "target.youtube.playlists")]
    [TestCase("""{"playlists": ["PLa", "PLa"]}""", "target.youtube.playlists")]
    [TestCase("""{"privacy": "secret"}""", "target.youtube.privacy")]
    [TestCase("""{"publishAt": "2020-01-01T00:00:00Z"}""", "target.youtube.publishAt")]
    [TestCase("""{"publishAt": "2099-01-01T00:00:00Z", "privacy": "unlisted"}""", "target.youtube.privacy")]
    [TestCase("""{"nonsense": 1}""", "target.youtube.nonsense")]
    public Task What_YouTube_would_not_take_is_refused(string settings, string field) =>
        AssertRefusedAsync(new { rights = "own", target = new { kind = "youtube", youtube = JsonElement.Parse(settings) } }, field);

    [Test]
    public Task Sound_alone_is_not_for_YouTube() =>
        AssertRefusedAsync(new { rights = "own", profile = "audio-podcast", target = new { kind = "youtube" } }, "profile");

    [Test]
    public Task Too_many_tags_are_refused() =>
        AssertRefusedAsync(new { rights = "own", target = new { kind = "youtube", youtube = new { tags = Enumerable.Range(0, 100).Select(n => $"tag {n}") } } }, "target.youtube.tags");

    [Test]
    public async Task A_folder_has_no_settings_for_YouTube_and_YouTube_no_path()
    {
        await AssertRefusedAsync(new { rights = "own", target = new { kind = "folder", youtube = new { privacy = "public" } } }, "target.youtube");
        await AssertRefusedAsync(new { rights = "own", target = new { kind = "youtube", path = "/tmp" } }, "target.path");
    }

    [Test]
    public async Task A_YouTube_channel_is_a_source_by_its_address_id_or_handle()
    {
        var channel = await NewChannelAsync(new { source = new { kind = "youtube", url = "https://m.youtube.com/@talks/videos" } });
        Assert.That(Text(channel.GetProperty("source"), "url"), Is.EqualTo("https://www.youtube.com/@talks"));

        await AssertRefusedAsync(new { source = new { kind = "youtube", url = "https://www.youtube.com/watch?v=aaaaaaaaaaa" } }, "source.url");
        await AssertRefusedAsync(new { source = new { kind = "youtube" } }, "source.url");
    }

    private async Task AssertRefusedAsync(object more, string field)
    {
        var before = await CountAsync();
        var name = NewName();
        var body = JsonSerializer.SerializeToNode(new { name, source = new { kind = "folder", url = Folder.NewFolder(name) } })!.AsObject();
        foreach (var (key, value) in JsonSerializer.SerializeToNode(more)!.AsObject())
        {
            body[key] = value?.DeepClone();
        }

        using var response = await SendAsync(HttpMethod.Post, "/api/channels", body.ToJsonString());
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That(await CountAsync(), Is.EqualTo(before), "nothing was changed");
    }
}
