using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using VideoPipeline.Database;
using VideoPipeline.IntegrationTests.Stages;
using static VideoPipeline.IntegrationTests.EndToEnd.ServiceApi;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Hangfire's dashboard as an operator's browser uses it: pages and forms, nothing else.</summary>
[TestFixture(StorageMode.Sqlite)]
[TestFixture(StorageMode.PostgreSql)]
internal sealed partial class DashboardTests(StorageMode storage)
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;

    private HttpClient Browser => _server!.HttpClient;

    private HttpClient NoRedirects { get; } = new(new HttpClientHandler { AllowAutoRedirect = false });

    private ServiceApi Api => new(Browser);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["VideoPipeline__Storage__Mode"] = storage.ToString() };
        if (storage == StorageMode.PostgreSql)
        {
            settings["VideoPipeline__Storage__ConnectionString"] = await (await TestServers.PostgreSqlAsync()).CreateDatabaseAsync("dashboard");
        }

        _server = await ServerProcess.StartAsync(_folder.NewFolder("data"), settings);
        NoRedirects.BaseAddress = Browser.BaseAddress;
        await Api.PostAsync("/api/queue/pause", new { jobType = "transform" });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        NoRedirects.Dispose();
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
    [TestCase("/queue")]
    [TestCase("/statistics")]
    public async Task A_page_is_shown(string page)
    {
        var html = await PageAsync(page);
        Assert.That(html, Does.Contain("VideoPipeline").And.Contain("<html lang=\"en\">"));
        foreach (Match asset in Asset().Matches(html))
        {
            using var response = await Browser.GetAsync(asset.Groups["path"].Value);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset.Value);
        }
    }

    [Test]
    public async Task Jobs_are_listed_by_their_titles_and_lead_to_what_they_are_about()
    {
        var source = _folder.NewFolder("named");
        var file = Path.Combine(source, "waits.mp4");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file);
        var channel = await Api.AddChannelAsync("named & known", source);
        var title = $"{new string('x', 90)} <b>{{0}}</b> & more that is too long for a list";
        var video = Id(await Api.PostAsync("/api/videos", new { channelId = channel, url = file, title }));
        var transform = Id(await Api.UntilStageAsync(video, "transform", "queued"));
        var scrape = Id(await Api.PostAsync($"/api/channels/{channel}/scrape"));
        var label = $"transform - {title[..99]}… (p5)";

        var backgroundJob = await FindAsync("/jobs/enqueued/transform-05-p5", transform);
        Assert.That(WebUtility.HtmlDecode(await PageAsync("/jobs/enqueued/transform-05-p5")), Does.Contain(label));
        var details = await PageAsync($"/jobs/details/{backgroundJob}");
        var scrapeDone = Text(await Api.UntilAsync(scrape, "completed"), "hangfireJobId");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(WebUtility.HtmlDecode(details), Does.Contain(label));
            Assert.That(details, Does.Contain($"<a href=\"/videos/{video}\">").And.Contain($"<a href=\"/channels/{channel}\">").And.Not.Contain("<b>"));
            Assert.That(details, Does.Contain("queued, attempt 0 of 3").And.Contain("<a href=\"/\">"));
            Assert.That(WebUtility.HtmlDecode(await PageAsync($"/jobs/details/{scrapeDone}")), Does.Contain("scrape - named & known (p5)"));
        }
    }

    [Test]
    public async Task The_queue_is_paused_and_resumed_by_a_form()
    {
        using (var paused = await SubmitAsync("/queue", ("action", "pause"), ("scope", "publish"), ("reason", "the <disk> is full"), ("minutes", "60")))
        {
            Assert.That((paused.StatusCode, paused.Headers.Location?.OriginalString), Is.EqualTo((HttpStatusCode.SeeOther, "/hangfire/queue")));
        }

        var publish = (await Api.GetAsync("/api/queue")).GetProperty("byType").GetProperty("publish");
        var page = await PageAsync("/queue");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((publish.GetProperty("paused").GetBoolean(), Text(publish, "reason")), Is.EqualTo((true, "the <disk> is full")));
            Assert.That(publish.GetProperty("until").GetDateTimeOffset() - publish.GetProperty("pausedAt").GetDateTimeOffset(), Is.EqualTo(TimeSpan.FromHours(1)).Within(TimeSpan.FromSeconds(1)));
            Assert.That(page, Does.Contain("publish is paused").And.Contain("the &lt;disk&gt; is full").And.Contain("Resume publish"));
            Assert.That((await StatisticsAsync("videopipeline:paused")).GetProperty("value").GetString(), Is.EqualTo("2 types"));
        }

        using (var resumed = await SubmitAsync("/queue", ("action", "resume"), ("scope", "publish")))
        {
            Assert.That(resumed.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        }

        var queue = (await Api.GetAsync("/api/queue")).GetProperty("byType");
        Assert.That(
            (queue.GetProperty("publish").GetProperty("paused").GetBoolean(), queue.GetProperty("transform").GetProperty("paused").GetBoolean()),
            Is.EqualTo((false, true)));
    }

    [TestCase("action", "stop")]
    [TestCase("scope", "everything")]
    [TestCase("minutes", "7")]
    [TestCase("reason", null)]
    public async Task A_form_that_says_something_wrong_changes_nothing(string field, string? value)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["action"] = "pause", ["scope"] = "scrape", ["reason"] = "", ["minutes"] = "" };
        fields[field] = value ?? new string('r', 501);

        using var response = await SubmitAsync("/queue", [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Nothing was changed: ").And.Contain($"{field} must"));
        Assert.That((await Api.GetAsync("/api/queue")).GetProperty("byType").GetProperty("scrape").GetProperty("paused").GetBoolean(), Is.False);
    }

    [Test]
    public async Task Its_start_page_counts_the_rows_and_its_charts_what_has_ended()
    {
        var (download, _) = await NewFailedDownloadAsync("counted");
        var page = await PageAsync("");
        Assert.That(page, Does.Contain("Jobs waiting").And.Contain("Oldest waiting").And.Contain("Success in 24 h"));
        await Eventually.TrueAsync(
            async () => (await StatisticsAsync("videopipeline:failed")).GetProperty("intValue").GetInt32() >= 1, "the failed row is counted");
        await FindAsync("/jobs/failed", download);
        await Eventually.TrueAsync(
            async () => FailedByHour().Match(await PageAsync("")) is { Success: true } chart && NotZero().IsMatch(WebUtility.HtmlDecode(chart.Value)),
            "the chart shows a failure");
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
    public async Task Requeue_on_the_page_of_a_failed_job_retries_its_row_and_says_so()
    {
        var (download, file) = await NewFailedDownloadAsync("requeued alone");
        var backgroundJob = await FindAsync("/jobs/failed", download);
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);

        await PressAsync($"/jobs/actions/requeue/{backgroundJob}", backgroundJob);

        await Api.UntilAsync(download, "completed");
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

        // A storage in a database takes it out of its queue when a worker comes upon it, so that is not what to look at.
        Assert.That(await PageAsync($"/jobs/details/{backgroundJob}"), Does.Contain("state-card-state-inactive"));
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

        using var pause = await SubmitAsync("/queue", "http://other.example", ("action", "pause"), ("scope", "all"));
        Assert.That(pause.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await Api.GetAsync("/api/queue")).GetProperty("paused").GetBoolean(), Is.False);
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
                if ((await PageAsync($"/jobs/details/{backgroundJob}")).Contains($">Job {jobId}<", StringComparison.Ordinal))
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
        using var response = await SendByScriptAsync(button, Form(marked));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private async Task<HttpResponseMessage> SendByScriptAsync(string url, HttpContent content)
    {
        var page = await PageAsync("");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hangfire{url}") { Content = content };
        request.Headers.Add("Origin", Browser.BaseAddress!.GetLeftPart(UriPartial.Authority));
        if (Meta("csrf-header").Match(page) is { Success: true } header && Meta("csrf-token").Match(page) is { Success: true } token)
        {
            request.Headers.Add(header.Groups["content"].Value, token.Groups["content"].Value);
        }

        return await Browser.SendAsync(request);
    }

    /// <summary>What a browser without scripts sends: the fields, and those hidden ones of the page that are against forgery.</summary>
    private Task<HttpResponseMessage> SubmitAsync(string form, params (string Name, string Value)[] fields) =>
        SubmitAsync(form, Browser.BaseAddress!.GetLeftPart(UriPartial.Authority), fields);

    private async Task<HttpResponseMessage> SubmitAsync(string form, string origin, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await NoRedirects.GetStringAsync($"/hangfire{form}"));
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value))
            .Concat(token.Success ? [KeyValuePair.Create(token.Groups["name"].Value, token.Groups["value"].Value)] : []);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hangfire{form}") { Content = new FormUrlEncodedContent(all) };
        request.Headers.Add("Origin", origin);
        return await NoRedirects.SendAsync(request);
    }

    /// <summary>A figure as the dashboard's script asks for it.</summary>
    private async Task<JsonElement> StatisticsAsync(string metric)
    {
        using var response = await SendByScriptAsync("/stats", new FormUrlEncodedContent([KeyValuePair.Create("metrics[]", metric)]));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty(metric);
    }

    private static FormUrlEncodedContent Form(string marked) => new([KeyValuePair.Create("jobs[]", marked)]);

    /// <summary>The background jobs that a page lists, by their boxes to mark.</summary>
    private static IReadOnlyList<string> Numbers(string page) => [.. Box().Matches(page).Select(match => match.Groups["id"].Value)];

    private static Regex Meta(string name) =>
        new($"<meta name=\"{name}\" content=\"(?<content>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("name=\"jobs\\[\\]\"\\s+value=\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Box();

    [GeneratedRegex("name=\"(?<name>__RequestVerificationToken)\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("id=\"historyGraph\"[^>]*data-failed=\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FailedByHour();

    [GeneratedRegex("\":[1-9]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotZero();

    [GeneratedRegex("(?:href|src)=\"(?<path>/hangfire/(?:css|js)[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Asset();
}
