using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.Api;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.Server;
using static Microsoft.Playwright.Assertions;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>Who signs in with which key, and what the pages let him do.</summary>
internal sealed class KeyTests : BrowserTests
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _service;
    private string _operator = "";
    private string _reader = "";

    protected override ServerProcess Service => _service!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _service = await ServerProcess.StartAsync(_folder.Of("data"), ApiFixture.NoWorkers);
        var channel = await Api.AddChannelAsync("kept", _folder.NewFolder("source"));
        await Api.AddVideoAsync(channel, _folder.NewFile("source/waits.mp4"));
        _operator = await NewKeyAsync("Olga", "operate");
        _reader = await NewKeyAsync("Rita", "read");
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await Service.HttpClient.GetAsync("/api/queue");
                return response.StatusCode == System.Net.HttpStatusCode.Unauthorized;
            },
            "it asks for keys");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Test]
    public async Task Who_may_only_read_sees_everything_but_is_offered_nothing_and_refused_if_he_tries()
    {
        var page = await NewPageAsync(complains: false);
        await SignInAsync(page, _reader, "/queue");
        await Expect(page.Locator(".who")).ToContainTextAsync("Rita (may read)");
        await Expect(page.Locator("#next")).ToContainTextAsync("waits");
        foreach (var path in new[] { "/", "/queue", "/failures", "/videos/1", "/channels", "/channels/1", "/statistics", "/system", "/notifications", "/audit" })
        {
            await GoAsync(path, page);
            await Expect(page.Locator("main form[method=post]:not([action='/jobs/retry'])")).ToHaveCountAsync(0);
        }

        await page.GotoAsync("/channels/new");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Forbidden");

        await GoAsync("/queue", page);
        await page.EvaluateAsync(
            """
            const form = document.createElement("form");
            form.method = "post";
            form.action = "/queue/pause";
            form.dataset.action = "";
            form.append(document.querySelector("[name=__RequestVerificationToken]").cloneNode());
            document.body.append(form);
            form.requestSubmit();
            """);
        await Expect(page.Locator("#notices")).ToContainTextAsync("Rita may not do this");
        await page.EvaluateAsync("document.querySelector('body > form').submit()");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Forbidden");
        await Expect(page.Locator("main")).ToContainTextAsync("Rita may not do this");
        await GoAsync("/", page);
        await Expect(page.Locator("#pauses")).ToHaveTextAsync("");
    }

    [Test]
    public async Task Whoever_operates_signs_in_acts_in_his_name_and_signs_out()
    {
        await SignInAsync(Page, _operator, "/queue");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Pause Scrape" }).ClickAsync();
        await Expect(Page.Locator("#pauses")).ToContainTextAsync("Scrape paused by Olga");
        await Page.Locator("#pauses").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(Page.Locator("#pauses")).ToHaveTextAsync("");

        await Page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        await Page.GotoAsync("/failures");
        await Page.WaitForURLAsync("**/sign-in?returnUrl=%2Ffailures");
    }

    [Test]
    public async Task Whose_session_has_ended_is_led_to_the_sign_in_and_from_there_back()
    {
        var page = await NewPageAsync(complains: false);
        await SignInAsync(page, _operator, "/queue");
        await ConnectedAsync(page);
        await page.Context.ClearCookiesAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause Scrape" }).ClickAsync();
        await page.WaitForURLAsync("**/sign-in?returnUrl=%2Fqueue");

        await SignInAsync(page, _operator, path: "/queue", open: false);
        await ConnectedAsync(page);
        await page.Context.ClearCookiesAsync();
        await page.EvaluateAsync("dispatchEvent(new Event('pagehide')); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        await page.WaitForURLAsync("**/sign-in?returnUrl=%2Fqueue");
    }

    private static async Task SignInAsync(IPage page, string key, string path, bool open = true)
    {
        if (open)
        {
            await page.GotoAsync(path);
        }

        await page.GetByLabel("Your key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync($"**{path}");
    }

    /// <summary>The program's verb, beside the running service.</summary>
    private async Task<string> NewKeyAsync(string name, string role)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exitCode = await KeysProgram.RunAsync([$"--VideoPipeline:DataDirectory={_folder.Of("data")}", "create", name, "--role", role], output, errors);
        Assert.That(exitCode, Is.Zero, errors.ToString());
        return output.ToString().Trim();
    }
}
