using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;
using static Microsoft.Playwright.Assertions;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>That pages keep up with what happens, and that whoever works on one is not disturbed by it.</summary>
internal sealed class LivePageTests : BrowserTests
{
    /// <summary>Takes from a page its look now and then, so that what it shows is what events made it show.</summary>
    private const string NoLooks =
        """
        const original = window.setTimeout;
        window.setTimeout = (what, delay, ...rest) => delay >= 15000 ? 0 : original(what, delay, ...rest);
        """;

    /// <summary>A page that can be hidden as a tab is, and of whose connections is known.</summary>
    private const string Tab =
        """
        window.sources = [];
        window.EventSource = class extends EventSource { constructor(url) { super(url); sources.push(this); } };
        let hidden = false;
        Object.defineProperty(document, "hidden", { get: () => hidden });
        window.hide = value => { hidden = value; document.dispatchEvent(new Event("visibilitychange")); };
        window.openSources = () => sources.filter(source => source.readyState !== EventSource.CLOSED);
        """;

    [Test]
    public async Task What_changes_disturbs_nobody_who_works_on_a_page()
    {
        var (stays, kept, _) = await NewFailureAsync();
        var (leaves, job, file) = await NewFailureAsync();
        await GoAsync("/failures");
        var box = Row(stays).GetByRole(AriaRole.Checkbox);
        await box.CheckAsync();
        await box.FocusAsync();
        await box.EvaluateAsync("box => { window.left = 0; box.addEventListener('blur', () => left++); }");
        File.Copy(TestMedia.Sample("balle-jbart.mp4"), file, overwrite: true);
        await Api.PostAsync($"/api/jobs/{job}/retry");

        await Expect(Row(leaves)).ToHaveCountAsync(0);
        await Expect(box).ToBeFocusedAsync();
        await Expect(box).ToBeCheckedAsync();
        Assert.That(await Page.EvaluateAsync<int>("left"), Is.Zero, "the focus has stayed all the time");

        await GoAsync($"/videos/{(await Api.JobAsync(kept)).GetProperty("videoId").GetInt64()}");
        var attempts = Page.Locator($"#attempts-{kept}");
        await Expect(attempts).ToHaveAttributeAsync("open", "");
        await attempts.Locator("summary").ClickAsync();
        await Api.PostAsync("/api/queue/pause", new { jobType = "scrape" });
        await Expect(Page.Locator("#pauses")).ToContainTextAsync("Scrape paused");
        Assert.That(await attempts.GetAttributeAsync("open"), Is.Null, "it stays closed");
        await Api.PostAsync("/api/queue/resume", new { jobType = "scrape" });
    }

    [Test]
    public async Task A_form_is_sent_once_however_often_one_clicks()
    {
        await GoAsync("/queue");
        var sent = 0;
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Page.RouteAsync("**/queue/pause", async route =>
        {
            Interlocked.Increment(ref sent);
            await answer.Task;
            await route.ContinueAsync();
        });
        var button = Page.GetByRole(AriaRole.Button, new() { Name = "Pause Download" });
        await button.ClickAsync();

        // The page is exchanged for its newer version meanwhile.
        await Api.PostAsync("/api/queue/pause", new { jobType = "scrape" });
        await Expect(Page.Locator("#type-scrape")).ToContainTextAsync("Paused");
        await button.ClickAsync();
        await Expect(Page.Locator("form[action='/queue/pause'][aria-busy=true]")).ToHaveCountAsync(1);
        answer.SetResult();

        await Expect(Page.Locator("#notices")).ToContainTextAsync("Download paused.");
        await Expect(Page.Locator("[aria-busy]")).ToHaveCountAsync(0);
        Assert.That(Volatile.Read(ref sent), Is.EqualTo(1));
        await Api.PostAsync("/api/queue/resume");
    }

    [Test]
    public async Task A_hidden_page_keeps_no_connection_and_catches_up_when_one_looks_again()
    {
        await Page.AddInitScriptAsync(Tab);
        await GoAsync("/queue");
        await Page.EvaluateAsync("hide(true)");
        Assert.That(await Page.EvaluateAsync<int>("openSources().length"), Is.Zero);
        await Api.PostAsync("/api/queue/pause", new { reason = "unseen" });

        await Page.EvaluateAsync("hide(false)");

        await Expect(Page.Locator("#pauses")).ToContainTextAsync("All jobs paused: unseen");
        await Page.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        Assert.That(await Page.EvaluateAsync<int>("openSources().length"), Is.EqualTo(1));
        await Page.GetByRole(AriaRole.Button, new() { Name = "Resume everything" }).ClickAsync();
        await Expect(Page.Locator("#pauses")).ToHaveTextAsync("");
    }

    [Test]
    public async Task A_scrape_is_seen_on_the_pages_of_channels_and_a_deleted_channel_is_said_to_be()
    {
        var (channel, name, _) = await NewChannelAsync();
        var list = await NewPageAsync();
        await list.AddInitScriptAsync(NoLooks);
        await Page.AddInitScriptAsync(NoLooks);
        await GoAsync("/channels", list);
        await GoAsync($"/channels/{channel}");
        await MarkAsync();
        var row = list.Locator($"#channel-{channel}");
        await Expect(row).ToContainTextAsync("Not scraped yet");

        await Api.PostAsync($"/api/channels/{channel}/scrape");

        await Expect(row).ToContainTextAsync("Fine");
        await Expect(Page.Locator("#channel tbody tr")).ToContainTextAsync("Done");
        await AssertNotReloadedAsync();

        await Page.GetByText("Delete this channel").ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = $"Delete {name}" }).ClickAsync();
        await Page.WaitForURLAsync("**/channels");
        await Expect(Page.Locator("#notices")).ToContainTextAsync($"{name} is deleted.");
    }

    [Test]
    public async Task A_page_that_no_event_tells_of_looks_again_by_itself()
    {
        await Page.Clock.InstallAsync();
        await GoAsync("/audit");
        await MarkAsync();
        var (channel, _, _) = await NewChannelAsync();

        await Page.Clock.FastForwardAsync(20_000);

        await Expect(Page.Locator($"#entries a[href='/channels/{channel}']")).ToBeVisibleAsync();
        await AssertNotReloadedAsync();
    }

    [Test]
    public async Task A_page_that_the_server_could_not_make_is_asked_for_again()
    {
        var page = await NewPageAsync(complains: false);
        await page.AddInitScriptAsync(NoLooks);
        await GoAsync("/queue", page);
        await page.RouteAsync("**/queue", route => route.FulfillAsync(new() { Status = 500 }), new() { Times = 1 });

        await Api.PostAsync("/api/queue/pause", new { jobType = "scrape", reason = "told twice" });

        await Expect(page.Locator("#pauses")).ToContainTextAsync("told twice");
        await Api.PostAsync("/api/queue/resume", new { jobType = "scrape" });
    }

    [Test]
    public async Task A_refused_form_is_on_the_page_of_the_form()
    {
        var page = await NewPageAsync(complains: false);
        await GoAsync("/channels/new", page);
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("nowhere");
        await page.GetByLabel("Address").FillAsync("not/absolute");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nothing was saved.");
        await page.WaitForURLAsync("**/channels/new");

        await page.GetByRole(AriaRole.Button, new() { Name = "Dark colours" }).ClickAsync();

        await page.Locator("html[data-theme=dark]").WaitForAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("New channel");
    }
}
