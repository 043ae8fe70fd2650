using Microsoft.Playwright;
using VideoPipeline.IntegrationTests.EndToEnd;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>One service with workers, and one browser, for all tests of the pages.</summary>
[SetUpFixture]
internal sealed class PageServer
{
    private static TemporaryFolder? _folder;
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;
    private static ServerProcess? _service;

    public static IBrowser Browser => _browser!;

    public static ServerProcess Service => _service!;

    public static TemporaryFolder Folder => _folder!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        var service = ServerProcess.StartAsync(_folder.NewFolder("data"));
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program("chromium"),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        _service = await service;
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _folder?.Dispose();
    }

    private static string Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} is missing. Run: bash deploy/install-tools.sh {name}");
}

/// <summary>
/// Tests that look at pages as an operator does. Whatever the browser complains about on its way (a script's error, a
/// refused style, an answer that is none) fails the test.
/// </summary>
internal abstract class BrowserTests
{
    private static int _names;

    private readonly List<string> _complaints = [];
    private readonly List<IBrowserContext> _contexts = [];

    protected virtual ServerProcess Service => PageServer.Service;

    protected ServiceApi Api => new(Service.HttpClient);

    protected IPage Page { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync() => Page = await NewPageAsync();

    [TearDown]
    public async Task CloseAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        _contexts.Clear();
        var complaints = _complaints.ToList();
        _complaints.Clear();
        Assert.That(complaints, Is.Empty);
    }

    /// <summary>A page of a browser that knows nothing of the others: cookies of its own.</summary>
    /// <param name="complains">Whether what the browser complains about fails the test.</param>
    protected async Task<IPage> NewPageAsync(BrowserNewContextOptions? options = null, bool complains = true)
    {
        options ??= new();
        options.BaseURL = Service.HttpClient.BaseAddress!.GetLeftPart(UriPartial.Authority);
        options.ViewportSize ??= new() { Width = 1280, Height = 800 };
        var context = await PageServer.Browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        _contexts.Add(context);
        if (complains)
        {
            context.Console += (_, message) => ComplainIf(message.Type is "error" or "warning", $"{message.Type} in {message.Location} on {(message.Page is { } page ? page.Url : "no page")}: {message.Text}");
            context.WebError += (_, error) => ComplainIf(true, error.Error);
            context.Response += (_, response) => ComplainIf(response.Status >= 400, $"{response.Status} {response.Url}");
        }

        return await context.NewPageAsync();
    }

    /// <summary>Opens a page and waits until the script has its connection.</summary>
    protected async Task GoAsync(string path, IPage? page = null)
    {
        await (page ?? Page).GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
        await ConnectedAsync(page ?? Page);
    }

    /// <summary>Waits until the page's script has its connection.</summary>
    protected static Task ConnectedAsync(IPage page) =>
        page.Locator("body[data-connected=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Something that the page loses when it is loaded again.</summary>
    protected async Task MarkAsync() => await Page.EvaluateAsync("window.marked = true");

    protected async Task AssertNotReloadedAsync() => Assert.That(await Page.EvaluateAsync<bool>("window.marked === true"), "the page was not loaded again");

    protected ILocator Row(string name) => Page.Locator("tr").Filter(new() { HasText = name });

    protected async Task<(long Id, string Name, string Folder)> NewChannelAsync()
    {
        _names++;
        var name = $"channel {_names}x";
        var folder = PageServer.Folder.NewFolder($"source-{_names}");
        return (await Api.AddChannelAsync(name, folder), name, folder);
    }

    /// <summary>A failed download, of a file that can be exchanged for one that works.</summary>
    protected async Task<(string Name, long Job, string File)> NewFailureAsync()
    {
        var (channel, _, folder) = await NewChannelAsync();
        var name = $"broken {_names}x";
        var file = Path.Combine(folder, $"{name}.mp4");
        File.Copy(TestMedia.Sample("truncated.mp4"), file);
        var (_, download) = await Api.AddVideoAsync(channel, file);
        await Api.UntilAsync(download, "failed");
        return (name, download, file);
    }

    private void ComplainIf(bool wrong, string what)
    {
        if (wrong)
        {
            lock (_complaints)
            {
                _complaints.Add(what);
            }
        }
    }
}
