using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>Stored files of the folder, as clients get them.</summary>
public sealed class ArtifactsApiTests : ApiFixture
{
    [Test]
    public async Task A_stored_file_is_served_with_ranges()
    {
        var video = await DownloadedAsync();
        var artifact = video.GetProperty("artifacts").EnumerateArray().Single();
        var url = Text(artifact, "url")!;
        var bytes = await File.ReadAllBytesAsync(TestMedia.Sample("Effet_force_magnetique.ogv"));
        using var ranged = new HttpRequestMessage(HttpMethod.Get, url);
        ranged.Headers.Range = new RangeHeaderValue(500, 1499);

        using var whole = await SendAsync(HttpMethod.Get, url);
        using var part = await Client.SendAsync(ranged);
        using var head = await SendAsync(HttpMethod.Head, url);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(url, Is.EqualTo($"/api/videos/{Id(video)}/artifacts/source"));
            Assert.That(await whole.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes));
            Assert.That(whole.Content.Headers.ContentType?.MediaType, Is.EqualTo("video/ogg"));
            Assert.That(whole.Headers.ETag?.Tag, Is.EqualTo($"\"{Text(artifact, "sha256")}\""));
            Assert.That(whole.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(part.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
            Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes[500..1500]));
            Assert.That((head.StatusCode, head.Content.Headers.ContentLength), Is.EqualTo((HttpStatusCode.OK, (long?)bytes.Length)));
        }
    }

    [Test]
    public async Task What_is_not_stored_is_not_found()
    {
        var video = await DownloadedAsync();

        await AssertProblemAsync(await SendAsync(HttpMethod.Get, $"/api/videos/{Id(video)}/artifacts/output"), HttpStatusCode.NotFound, "kind");
        await AssertProblemAsync(await SendAsync(HttpMethod.Get, $"/api/videos/{Id(video)}/artifacts/nonsense"), HttpStatusCode.NotFound, "kind");
        await AssertProblemAsync(await SendAsync(HttpMethod.Get, "/api/videos/999999/artifacts/source"), HttpStatusCode.NotFound, "id");

        Directory.Delete(Folder.Of($"data/artifacts/{video.GetProperty("channelId").GetInt64()}"), recursive: true);
        await AssertProblemAsync(await SendAsync(HttpMethod.Get, $"/api/videos/{Id(video)}/artifacts/source"), HttpStatusCode.NotFound, "kind");
    }

    /// <summary>A video whose download has run.</summary>
    private async Task<JsonElement> DownloadedAsync()
    {
        var channel = await NewChannelAsync();
        var file = Path.Combine(channel.GetProperty("source").GetProperty("url").GetString()!, "video.ogv");
        File.Copy(TestMedia.Sample("Effet_force_magnetique.ogv"), file);
        var video = await PostAsync("/api/videos", new { url = file, channelId = Id(channel) }, HttpStatusCode.Created);
        await PostAsync("/api/queue/process-next", new { jobType = "download" });
        return await GetAsync($"/api/videos/{Id(video)}");
    }
}
