using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VideoPipeline.IntegrationTests.Api;

public sealed class VideosApiTests : ApiFixture
{
    [Test]
    public async Task A_video_comes_with_its_download_at_the_channels_priority()
    {
        var channel = await NewChannelAsync(new { priority = 7 });
        var file = Path.Combine(Folder.Path, Text(channel, "name")!, "Trip to Rome.mp4");
        await File.WriteAllTextAsync(file, "x");

        using var response = await SendAsync(HttpMethod.Post, "/api/videos", JsonSerializer.Serialize(new { url = file, channelId = Id(channel) }));
        var video = await ReadAsync(response, HttpStatusCode.Created);

        var stage = video.GetProperty("stages").EnumerateArray().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.Location?.ToString(), Is.EqualTo($"/api/videos/{Id(video)}"));
            Assert.That(Text(video, "title"), Is.EqualTo("Trip to Rome"));
            Assert.That((Text(stage, "jobType"), Text(stage, "status"), stage.GetProperty("priority").GetInt32()), Is.EqualTo(("download", "queued", 7)));
            Assert.That(WithoutBackgroundJobs(await GetAsync($"/api/videos/{Id(video)}")), Is.EqualTo(WithoutBackgroundJobs(video)));
            Assert.That(Ids(await GetAsync($"/api/videos?channelId={Id(channel)}")), Is.EqualTo(new[] { Id(video) }));
        }
    }

    /// <summary>A job gets one a moment after it was queued.</summary>
    private static string WithoutBackgroundJobs(JsonElement answer) => Regex.Replace(answer.GetRawText(), "\"hangfireJobId\":[^,]*,", "", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Test]
    public async Task The_same_url_in_the_same_channel_is_the_same_video()
    {
        var channel = await NewChannelAsync();
        var body = new { url = "https://videos.example/a%20b.mp4?x=1", channelId = Id(channel), priority = 3, title = "A" };
        var first = await PostAsync("/api/videos", body, HttpStatusCode.Created);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync("/api/videos", body)));

        Assert.That(answers.Select(Id), Is.All.EqualTo(Id(first)));
        Assert.That(Ids(await GetAsync($"/api/jobs?channelId={Id(channel)}")), Has.Count.EqualTo(1));
        var elsewhere = await NewChannelAsync();
        await PostAsync("/api/videos", new { body.url, channelId = Id(elsewhere) }, HttpStatusCode.Created);
    }

    [Test]
    public async Task A_path_and_its_file_url_are_the_same_video()
    {
        var video = await NewVideoAsync();

        var again = await PostAsync(
            "/api/videos", new { url = new Uri(Text(video, "url")!).AbsoluteUri, channelId = video.GetProperty("channelId").GetInt64() });

        Assert.That(Id(again), Is.EqualTo(Id(video)));
    }

    [Test]
    public async Task Stages_are_the_latest_job_of_each_type()
    {
        var video = await NewVideoAsync();
        var download = Id(video.GetProperty("stages")[0]);
        await PostAsync($"/api/jobs/{download}/cancel");
        var newer = await PostAsync("/api/jobs", new { jobType = "download", videoId = Id(video) }, HttpStatusCode.Created);
        var publish = await PostAsync("/api/jobs", new { jobType = "publish", videoId = Id(video) }, HttpStatusCode.Created);

        var stages = (await GetAsync($"/api/videos/{Id(video)}")).GetProperty("stages").EnumerateArray().Select(Id);

        Assert.That(stages, Is.EqualTo(new[] { Id(newer), Id(publish) }));
    }

    [TestCase("ftp://example.org/a.mp4", "url")]
    [TestCase("http://user:secret@example.org/a.mp4", "url")]
    [TestCase("a.mp4", "url")]
    [TestCase("/etc/passwd", "url")]
    [TestCase("file:///etc/passwd", "url")]
    [TestCase("{folder}/../outside.mp4", "url")]
    [TestCase("{folder}/link.mp4", "url")]
    [TestCase("{folder}/missing.mp4", "url")]
    [TestCase("{folder}", "url")]
    [TestCase("", "url")]
    public async Task Only_urls_and_files_of_the_channel_are_videos(string url, string field)
    {
        var channel = await NewChannelAsync();
        var folder = Text(channel.GetProperty("source"), "url")!;
        var outside = Folder.NewFile("outside.mp4");
        File.CreateSymbolicLink(Path.Combine(folder, "link.mp4"), outside);
        var before = await CountAsync();

        using var response = await SendAsync(
            HttpMethod.Post, "/api/videos", JsonSerializer.Serialize(new { url = url.Replace("{folder}", folder, StringComparison.Ordinal), channelId = Id(channel) }));

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field);
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [TestCase("""{"url":"http://example.org/a"}""", HttpStatusCode.BadRequest, "channelId")]
    [TestCase("""{"url":"http://example.org/a","channelId":999999}""", HttpStatusCode.NotFound, "channelId")]
    [TestCase("""{"url":"http://example.org/a","channelId":1,"priority":-1}""", HttpStatusCode.BadRequest, "priority")]
    [TestCase("""{"url":"http://example.org/a","channelId":1,"title":""}""", HttpStatusCode.BadRequest, "title")]
    [TestCase("""{"url":5,"channelId":1}""", HttpStatusCode.BadRequest, "url")]
    public async Task A_bad_request_names_its_field(string body, HttpStatusCode status, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/videos", body);

        await AssertProblemAsync(response, status, field);
    }

    [Test]
    public async Task Videos_are_found_by_a_part_of_their_title()
    {
        var channel = await NewChannelAsync();
        var found = await PostAsync("/api/videos", new { url = "https://videos.example/1", title = "Ölmalerei: 100% für alle", channelId = Id(channel) }, HttpStatusCode.Created);
        await PostAsync("/api/videos", new { url = "https://videos.example/2", title = "Other", channelId = Id(channel) }, HttpStatusCode.Created);

        foreach (var q in new[] { "ölmal", "ÖLMALEREI", "100%", "Für Alle" })
        {
            Assert.That(Ids(await GetAsync($"/api/videos?channelId={Id(channel)}&q={Uri.EscapeDataString(q)}")), Is.EqualTo(new[] { Id(found) }), q);
        }

        Assert.That(Ids(await GetAsync($"/api/videos?channelId={Id(channel)}&q=ol_alerei")), Is.Empty);
        using var tooLong = await SendAsync(HttpMethod.Get, $"/api/videos?q={new string('x', 201)}");
        await AssertProblemAsync(tooLong, HttpStatusCode.BadRequest, "q");
    }

    [Test]
    public async Task An_unknown_video_is_not_found()
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/videos/999999");

        await AssertProblemAsync(response, HttpStatusCode.NotFound, "id");
    }
}
