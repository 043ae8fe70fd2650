using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;
using static Microsoft.Playwright.Assertions;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>What an operator does with the pages, in a real browser against the real service.</summary>
internal sealed class OperatorPageTests : BrowserTests
{
    [Test]
    public async Task A_video_appears_on_the_board_and_goes_through_its_stages_while_one_watches()
    {
        await GoAsync("/");
        await MarkAsync();
        var (channel, _, folder) = await NewChannelAsync();
        var name = $"watched {channel}";
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), Path.Combine(folder, $"{name}.mp4"));
        await Api.PostAsync($"/api/channels/{channel}/scrape");

        var row = Row(name);
        await Expect(row).ToBeVisibleAsync();
        await Expect(Stage(row, "Publish")).ToContainTextAsync("Done");
        await Expect(Stage(row, "Download")).ToContainTextAsync("Done");
        await Expect(Stage(row, "Transform")).ToContainTextAsync("Done");
        await Expect(row.Locator("img")).ToHaveJSPropertyAsync("complete", true);
        Assert.That(await row.Locator("img").EvaluateAsync<int>("image => image.naturalWidth"), Is.GreaterThan(0));
        await AssertNotReloadedAsync();

        await row.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
        await Expect(Page.Locator("section", new() { Has = Page.GetByRole(AriaRole.Heading, new() { Name = "Publications" }) }))
            .ToContainTextAsync(Path.Combine(PageServer.Service.DataDirectory, "published"));
        await Expect(Page.GetByRole(AriaRole.Link, new() { Name = "Output" })).ToBeVisibleAsync();
    }

    [Test]
    public async Task Progress_moves_without_reloading_and_cancel_stops_the_job()
    {
        var (channel, _, folder) = await NewChannelAsync();
        var (video, _) = await Api.AddVideoAsync(channel, await GeneratedVideo.LongAsync(folder, "long.mp4"));

        // Behind what other tests have left to do.
        await Api.UntilStageAsync(video, "transform", "processing", TimeSpan.FromMinutes(2));
        await GoAsync($"/videos/{video}");
        await MarkAsync();
        var progress = Page.GetByRole(AriaRole.Progressbar, new() { Name = "Transform" });
        await Expect(progress).ToBeVisibleAsync();

        var seen = new HashSet<double>();
        await Eventually.TrueAsync(
            async () =>
            {
                seen.Add(await progress.EvaluateAsync<double>("bar => bar.value"));
                return seen.Count(value => value > 0) >= 2;
            },
            "the progress bar moves");
        await Expect(Page.Locator("[data-progress-text]")).ToContainTextAsync("× · ");
        await Expect(Page.Locator("[data-progress-text]")).ToContainTextAsync(" left");

        await Page.GetByRole(AriaRole.Button, new() { Name = "Cancel Transform" }).ClickAsync();

        await Expect(Page.Locator("#notices")).ToContainTextAsync("is cancelled");
        await Expect(Page.Locator(".job[data-status=cancelled]")).ToBeVisibleAsync();
        await AssertNotReloadedAsync();
    }

    [Test]
    public async Task A_pause_is_seen_on_every_open_page_and_resume_lets_jobs_go_on()
    {
        var board = await NewPageAsync();
        await GoAsync("/", board);
        await GoAsync("/queue");
        await Page.GetByLabel("What").SelectOptionAsync("scrape");
        await Page.GetByLabel("Reason").FillAsync("the <disk> is being changed");
        await Page.Locator("select[name=minutes]").SelectOptionAsync("60");

        await Page.Locator("#pause").GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();

        await Expect(board.Locator("#pauses")).ToContainTextAsync("Scrape paused: the <disk> is being changed");
        await Expect(Page.Locator("#notices")).ToContainTextAsync("Scrape paused until");
        var (channel, name, _) = await NewChannelAsync();
        await Api.PostAsync($"/api/channels/{channel}/scrape");
        await Expect(Page.Locator("#next")).ToContainTextAsync(name);
        Assert.That((await Api.JobsAsync($"channelId={channel}&status=queued")).Count, Is.EqualTo(1));

        await board.Locator("#pauses").GetByRole(AriaRole.Button, new() { Name = "Resume scrape" }).ClickAsync();

        await Expect(board.Locator("#pauses")).Not.ToContainTextAsync("Scrape");
        await Expect(Page.Locator("#pauses")).Not.ToContainTextAsync("Scrape");
        await Eventually.TrueAsync(async () => (await Api.JobsAsync($"channelId={channel}&status=completed")).Count == 1, "the scrape has run");
    }

    [Test]
    public async Task A_failed_job_is_retried_from_the_page()
    {
        var (name, job, file) = await NewFailureAsync();
        await GoAsync("/failures");
        var row = Row(name);
        await Expect(row).ToContainTextAsync("is not a playable video");
        await row.Locator("summary").ClickAsync();
        await Expect(row.Locator("pre")).ToContainTextAsync("\"permanent\": true");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);

        await row.GetByRole(AriaRole.Button, new() { Name = $"Retry download of {name}" }).ClickAsync();

        await Expect(Page.Locator("#notices")).ToContainTextAsync("is queued again");
        await Expect(row).ToHaveCountAsync(0);
        await Api.UntilAsync(job, "completed");
    }

    [Test]
    public async Task Marked_failures_are_retried_together_and_all_that_match_too()
    {
        var failures = new[] { await NewFailureAsync(), await NewFailureAsync(), await NewFailureAsync() };
        await GoAsync($"/failures?error={Uri.EscapeDataString("playable")}");
        foreach (var (name, _, file) in failures)
        {
            await Expect(Row(name)).ToBeVisibleAsync();
            File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);
        }

        await Page.GetByRole(AriaRole.Button, new() { Name = "Retry selected" }).ClickAsync();
        await Expect(Page.Locator(".notice-error")).ToContainTextAsync("mark the jobs to retry first");

        await Row(failures[0].Name).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Retry selected" }).ClickAsync();
        await Expect(Page.Locator("#notices")).ToContainTextAsync("1 job is queued again.");
        await Api.UntilAsync(failures[0].Job, "completed");
        Assert.That((await Api.JobAsync(failures[1].Job)).GetProperty("status").GetString(), Is.EqualTo("failed"));

        await Page.GetByRole(AriaRole.Button, new() { Name = "Retry all that match" }).ClickAsync();
        await Api.UntilAsync(failures[1].Job, "completed");
        await Api.UntilAsync(failures[2].Job, "completed");
        await Expect(Row(failures[1].Name)).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_failed_job_is_retried_from_Hangfires_dashboard()
    {
        var (_, job, file) = await NewFailureAsync();
        var video = (await Api.JobAsync(job)).GetProperty("videoId").GetInt64();
        await GoAsync($"/videos/{video}");
        await Page.GetByRole(AriaRole.Link, new() { Name = "in Hangfire" }).ClickAsync();
        await Page.WaitForURLAsync("**/hangfire/jobs/details/*");
        var backgroundJob = Page.Url.Split('/')[^1];
        await Page.GotoAsync("/hangfire/jobs/failed");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);
        await Page.Locator($"input[type=checkbox][value='{backgroundJob}']").CheckAsync();

        await Page.GetByRole(AriaRole.Button, new() { Name = "Requeue jobs" }).ClickAsync();

        await Api.UntilAsync(job, "completed");
    }

    [Test]
    public async Task Everything_works_without_the_script()
    {
        var (name, job, file) = await NewFailureAsync();
        var page = await NewPageAsync(new() { JavaScriptEnabled = false });
        await page.GotoAsync("/failures");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);

        await page.GetByRole(AriaRole.Button, new() { Name = $"Retry download of {name}" }).ClickAsync();

        await page.WaitForURLAsync("**/failures");
        await Expect(page.Locator("#notices")).ToContainTextAsync("is queued again");
        await Api.UntilAsync(job, "completed");
        await page.ReloadAsync();
        await Expect(page.Locator("#notices")).ToHaveTextAsync("");

        await page.GetByRole(AriaRole.Link, new() { Name = "Queue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause Scrape" }).ClickAsync();
        await Expect(page.Locator("#pauses")).ToContainTextAsync("Scrape paused");
        await page.Locator("#pauses").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#pauses")).ToHaveTextAsync("");
        await page.GetByRole(AriaRole.Link, new() { Name = "Board" }).ClickAsync();
        await page.GetByLabel("Title").FillAsync(name.ToUpperInvariant());
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Expect(page.Locator("tr[data-video]")).ToHaveCountAsync(1);
    }

    [Test]
    public async Task The_keyboard_is_enough()
    {
        var (name, job, file) = await NewFailureAsync();
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);
        await GoAsync("/");
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.Locator("#main")).ToBeFocusedAsync();

        await GoAsync("/");
        await TabToAsync("a[href='/failures']");
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/failures");
        await TabToAsync($"button[aria-label='Retry download of {name}']");
        Assert.That(
            await Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"), Is.EqualTo("solid"), "the focus can be seen");
        await Page.Keyboard.PressAsync("Enter");
        await Api.UntilAsync(job, "completed");
    }

    [Test]
    public async Task A_connection_that_is_lost_is_shown_and_taken_up_again()
    {
        var page = await NewPageAsync(complains: false);
        await GoAsync("/queue", page);
        await page.Context.SetOfflineAsync(true);
        await page.RouteAsync("**/api/events**", route => route.AbortAsync());
        await page.EvaluateAsync("window.dispatchEvent(new Event('pagehide')); window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Connection lost, trying again");

        await Api.PostAsync("/api/queue/pause", new { jobType = "scrape", reason = "unseen" });
        await page.UnrouteAllAsync();
        await page.Context.SetOfflineAsync(false);

        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        await Expect(page.Locator("#pauses")).ToContainTextAsync("unseen");
        await Api.PostAsync("/api/queue/resume", new { jobType = "scrape" });
        await Expect(page.Locator("#pauses")).ToHaveTextAsync("");
    }

    [Test]
    public async Task The_board_finds_by_title_channel_and_state()
    {
        var (name, job, _) = await NewFailureAsync();
        var channel = (await Api.JobAsync(job)).GetProperty("channelId").GetInt64();
        await GoAsync("/");
        await Page.GetByLabel("Title").FillAsync(name.ToUpperInvariant());
        await Page.GetByLabel("State").SelectOptionAsync("failed");
        await Page.GetByLabel("Channel").SelectOptionAsync($"{channel}");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Expect(Page.Locator("tr[data-video]")).ToHaveCountAsync(1);
        await Expect(Stage(Row(name), "Download")).ToContainTextAsync("Failed");

        await Page.GetByLabel("State").SelectOptionAsync("completed");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Expect(Page.Locator("#board")).ToContainTextAsync("No video matches.");
        await Page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await Expect(Row(name)).ToBeVisibleAsync();
    }

    private async Task TabToAsync(string selector)
    {
        for (var presses = 0; presses < 200; presses++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await Page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"{selector} can't be reached with the keyboard");
    }

    private static ILocator Stage(ILocator row, string name) => row.Locator($"td[data-label='{name}']");
}
