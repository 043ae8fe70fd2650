using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>What holds on every page, with something on it.</summary>
internal sealed class EveryPageTests : BrowserTests
{
    private static readonly string[] Pages =
    [
        "/", "/queue", "/failures", "/videos/{failed}", "/channels", "/channels/new", "/channels/{channel}", "/channels/{channel}/edit", "/statistics",
        "/system", "/notifications", "/audit",
    ];

    private long _channel;
    private long _failed;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        var folder = PageServer.Folder.NewFolder("every-page");
        var file = Path.Combine(folder, "a title of_some_length-that-has-no-place-to-break-in-it-at-all-as-file-names-are.mp4");
        File.Copy(TestMedia.Sample("truncated.mp4"), file);
        _channel = await Api.AddChannelAsync("every page", folder);
        (_failed, var download) = await Api.AddVideoAsync(_channel, file);
        await Api.UntilAsync(download, "failed");
        await Api.PostAsync("/api/queue/pause", new { jobType = "publish", reason = "a reason to show" });
    }

    [OneTimeTearDown]
    public Task ResumeAsync() => Api.PostAsync("/api/queue/resume", new { jobType = "publish" });

    [TestCaseSource(nameof(Pages))]
    public async Task Nothing_is_wider_than_a_phone_and_axe_finds_nothing_to_object_to(string path)
    {
        var page = await NewPageAsync(new() { ViewportSize = new() { Width = 360, Height = 740 }, IsMobile = true, HasTouch = true });
        await GoAsync(Of(path), page);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));

        // As wide as a screen, where tables have columns and all of a page is on it.
        await page.SetViewportSizeAsync(1280, 800);
        foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = colours });
            var result = await page.RunAxe();

            Assert.That(
                result.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{colours}: {violation.Id}: {violation.Help}: {node.Html}")), Is.Empty);
        }
    }

    [Test]
    public async Task The_colours_follow_the_system_until_one_chooses()
    {
        var page = await NewPageAsync(new() { ColorScheme = ColorScheme.Dark });
        await GoAsync("/", page);
        Assert.That(await BrightnessAsync(page), Is.LessThan(64));

        await page.GetByRole(AriaRole.Button, new() { Name = "Light colours" }).ClickAsync();
        await page.Locator("html[data-theme=light]").WaitForAsync();
        Assert.That(await BrightnessAsync(page), Is.GreaterThan(192));

        await GoAsync("/queue", page);
        Assert.That(await BrightnessAsync(page), Is.GreaterThan(192));
        await page.GetByRole(AriaRole.Button, new() { Name = "Colours of the system" }).ClickAsync();
        await page.Locator("html:not([data-theme])").WaitForAsync();
        Assert.That(await BrightnessAsync(page), Is.LessThan(64));
    }

    private string Of(string path) =>
        path.Replace("{failed}", $"{_failed}", StringComparison.Ordinal).Replace("{channel}", $"{_channel}", StringComparison.Ordinal);

    /// <summary>Of the page's ground, 0 to 255.</summary>
    private static Task<int> BrightnessAsync(IPage page) =>
        page.EvaluateAsync<int>("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
}
