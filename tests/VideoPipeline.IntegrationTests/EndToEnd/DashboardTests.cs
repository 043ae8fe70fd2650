using System.Net;
using System.Text.RegularExpressions;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Hangfire's dashboard as an operator's browser uses it: pages and forms, nothing else.</summary>
internal sealed partial class DashboardTests
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;

    private HttpClient Browser => _server!.HttpClient;

    private ServiceApi Api => new(Browser);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await ServerProcess.StartAsync(_folder.NewFolder("data"));
        await Api.PostAsync("/api/queue/pause", new { jobType = "transform" });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [TestCase("")]
    [TestCase("/servers")]
    [TestCase("/recurring")]
    [TestCase("/retries")]
    [TestCase("/jobs/enqueued")]
    [TestCase("/jobs/enqueued/transform-05-p5")]
    [TestCase("/jobs/processing")]
    [TestCase("/jobs/scheduled")]
    [TestCase("/jobs/succeeded")]
    [TestCase("/jobs/failed")]
    [TestCase("/jobs/deleted")]
    [TestCase("/jobs/awaiting")]
    public async Task A_page_is_shown(string page)
    {
        var html = await PageAsync(page);
        Assert.That(html, Does.Contain("VideoPipeline"));
        foreach (Match asset in Asset().Matches(html))
        {
            using var response = await Browser.GetAsync(asset.Groups["path"].Value);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset.Value);
        }
    }

    [Test]
    public async Task A_failed_job_is_shown_and_requeue_retries_its_row()
    {
        var (download, file) = await NewFailedDownloadAsync("requeued");
        var backgroundJob = await FindAsync("/jobs/failed", download);
        var details = await PageAsync($"/jobs/details/{backgroundJob}");
        Assert.That(WebUtility.HtmlDecode(details), Does.Contain("is not a playable video"));

        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);
        await PressAsync("/jobs/failed/requeue", backgroundJob);

        var job = await Api.UntilAsync(download, "completed");
        Assert.That((Number(job, "attempts"), job.GetProperty("history").GetArrayLength()), Is.EqualTo((1L, 2)));
        await Eventually.TrueAsync(async () => !Numbers(await PageAsync("/jobs/failed")).Contains(backgroundJob), "it is no longer among the failed");
    }

    [Test]
    public async Task Delete_of_an_enqueued_job_cancels_its_row()
    {
        var source = _folder.NewFolder("deleted");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), Path.Combine(source, "waits.mp4"));
        var (video, _) = await Api.AddVideoAsync(await Api.AddChannelAsync("deleted", source), Path.Combine(source, "waits.mp4"));
        var transform = Id(await Api.UntilStageAsync(video, "transform", "queued"));
        var backgroundJob = await FindAsync("/jobs/enqueued/transform-05-p5", transform);

        await PressAsync("/jobs/enqueued/delete", backgroundJob);

        await Api.UntilAsync(transform, "cancelled", TimeSpan.FromSeconds(5));
        Assert.That(Numbers(await PageAsync("/jobs/enqueued/transform-05-p5")), Does.Not.Contain(backgroundJob));
    }

    [Test]
    public async Task A_channels_schedule_is_a_recurring_job_that_can_be_triggered_and_goes_with_the_channel()
    {
        var channel = await Api.AddChannelAsync("scheduled", _folder.NewFolder("scheduled"), cron: "0 3 1 1 *");
        var recurring = $"scrape-channel-{channel}";
        Assert.That(await PageAsync("/recurring"), Does.Contain(recurring).And.Contain("0 3 1 1 *"));

        await PressAsync("/recurring/trigger", recurring);
        await Eventually.TrueAsync(
            async () => (await Api.JobsAsync($"channelId={channel}&jobType=scrape&status=completed")).Count == 1, "it was scraped once");

        await Api.PatchAsync($"/api/channels/{channel}", new { cron = "0 4 1 1 *" });
        Assert.That(await PageAsync("/recurring"), Does.Contain("0 4 1 1 *").And.Not.Contain("0 3 1 1 *"));

        await Api.DeleteAsync($"/api/channels/{channel}");
        Assert.That(await PageAsync("/recurring"), Does.Not.Contain(recurring));
    }

    [Test]
    public async Task Another_sites_page_can_press_no_button()
    {
        var (download, _) = await NewFailedDownloadAsync("refused");
        var backgroundJob = await FindAsync("/jobs/failed", download);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hangfire/jobs/failed/requeue") { Content = Form(backgroundJob) };
        request.Headers.Add("Origin", "http://other.example");

        using var response = await Browser.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(Text(await Api.JobAsync(download), "status"), Is.EqualTo("failed"));
        Assert.That(Numbers(await PageAsync("/jobs/failed")), Does.Contain(backgroundJob));
    }

    private async Task<(long JobId, string File)> NewFailedDownloadAsync(string name)
    {
        var source = _folder.NewFolder(name);
        var file = Path.Combine(source, "broken.mp4");
        File.Copy(TestMedia.Sample("truncated.mp4"), file);
        var (_, download) = await Api.AddVideoAsync(await Api.AddChannelAsync(name, source), file);
        await Api.UntilAsync(download, "failed");
        return (download, file);
    }

    private async Task<string> PageAsync(string page)
    {
        using var response = await Browser.GetAsync($"/hangfire{page}");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), page);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Waits until the page lists the background job of this row.</summary>
    private Task<string> FindAsync(string page, long jobId) => Eventually.ValueAsync(
        async () =>
        {
            foreach (var backgroundJob in Numbers(await PageAsync(page)))
            {
                if ((await PageAsync($"/jobs/details/{backgroundJob}")).Contains($"(job {jobId}, p5)", StringComparison.Ordinal))
                {
                    return backgroundJob;
                }
            }

            return null;
        },
        $"{page} lists job {jobId}");

    /// <summary>What the dashboard's script sends: the marked rows, and the page's token against forgery if it has one.</summary>
    private async Task PressAsync(string button, string marked)
    {
        var page = await PageAsync("");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hangfire{button}") { Content = Form(marked) };
        request.Headers.Add("Origin", Browser.BaseAddress!.GetLeftPart(UriPartial.Authority));
        if (Meta("csrf-header").Match(page) is { Success: true } header && Meta("csrf-token").Match(page) is { Success: true } token)
        {
            request.Headers.Add(header.Groups["content"].Value, token.Groups["content"].Value);
        }

        using var response = await Browser.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private static FormUrlEncodedContent Form(string marked) => new([KeyValuePair.Create("jobs[]", marked)]);

    /// <summary>The background jobs that a page lists, by their boxes to mark.</summary>
    private static IReadOnlyList<string> Numbers(string page) => [.. Box().Matches(page).Select(match => match.Groups["id"].Value)];

    private static Regex Meta(string name) =>
        new($"<meta name=\"{name}\" content=\"(?<content>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("name=\"jobs\\[\\]\"\\s+value=\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Box();

    [GeneratedRegex("(?:href|src)=\"(?<path>/hangfire/(?:css|js)[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Asset();
}
