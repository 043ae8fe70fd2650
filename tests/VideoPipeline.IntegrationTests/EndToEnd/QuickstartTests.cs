using System.Text.RegularExpressions;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>From sample files to published videos, by the one command that newcomers are told to run.</summary>
[Category(TestCategories.Heavy)]
public sealed partial class QuickstartTests
{
    private const string Truncated = "truncated.mp4";

    private static readonly string[] Healthy = ["balle-jbart.mp4", "balle1-vp9.avi", "Effet_force_magnetique.ogv", "vtest.avi", "Megamind.avi"];

    private readonly TemporaryFolder _folder = new();
    private (int ExitCode, string Output) _first;

    // A space, so that the script has to quote.
    private string Data => _folder.Of("the data");

    [OneTimeSetUp]
    public async Task RunItOnceAsync()
    {
        var samples = Directory.CreateDirectory(Path.Combine(Data, "samples")).FullName;
        foreach (var name in Healthy.Append(Truncated))
        {
            File.Copy(TestMedia.Sample(name), Path.Combine(samples, name));
        }

        _first = await QuickstartRun.ToEndAsync("--data", Data);
    }

    [OneTimeTearDown]
    public void RemoveAll() => _folder.Dispose();

    [Test]
    public void It_succeeds_and_shows_every_video()
    {
        var (exitCode, output) = _first;

        Assert.That(exitCode, Is.Zero, output);
        using (Assert.EnterMultipleScope())
        {
            foreach (var name in Healthy)
            {
                Assert.That(RowOf(name, output), Does.Contain(PublishedPathOf(name)));
            }

            Assert.That(RowOf("balle-jbart.mp4", output), Does.Match(@"0:10 +encoded +copied +\d+\.\d s"));
            Assert.That(RowOf("vtest.avi", output), Does.Match(@"1:20 +encoded +none "));
            Assert.That(RowOf(Truncated, output), Does.Contain("FAILED at download").And.Contain("the file is truncated"));
            Assert.That(output, Does.Contain("5 videos published").And.Contain(", 1 failed, after"));
            Assert.That(output, Does.Not.Contain('\e'), "escape codes are for terminals");
            Assert.That(File.Exists(Path.Combine(Data, "quickstart.log")));
        }
    }

    [Test]
    public async Task What_it_publishes_plays([ValueSource(nameof(Healthy))] string name)
    {
        var published = PublishedPathOf(name);

        await TestMedia.AssertPlayableAsync(published);
        Assert.That(await TestMedia.DurationAsync(published), Is.EqualTo(await TestMedia.DurationAsync(TestMedia.Sample(name))).Within(0.5));
        var (_, pixels, _) = await TestMedia.RunAsync(
            "ffprobe", $"-v error -select_streams v:0 -show_entries stream=sample_aspect_ratio -of csv=p=0 \"{published}\"");
        Assert.That(pixels, Is.EqualTo("1:1"));
    }

    [Test]
    public async Task A_second_run_publishes_nothing_again()
    {
        var before = PublishedFiles();

        var (exitCode, output) = await QuickstartRun.ToEndAsync("--data", Data);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(before, Has.Count.EqualTo(3 * Healthy.Length), "a video, a thumbnail and metadata each");
        Assert.That(PublishedFiles(), Is.EqualTo(before));
        Assert.That(output, Does.Contain("nothing new").And.Contain("5 videos published"));
        Assert.That(RowOf("Megamind.avi", output), Does.Contain(PublishedPathOf("Megamind.avi")));
    }

    [Test]
    public async Task A_folder_of_ones_own_becomes_a_channel_that_an_interrupted_run_leaves_to_the_next()
    {
        var source = _folder.NewFolder("My videos @home");
        File.Copy(TestMedia.Sample("vtest.avi"), Path.Combine(source, "people.avi"));
        string[] arguments = ["--data", Data, "--channel", source];

        using (var interrupted = QuickstartRun.Start(arguments))
        {
            await interrupted.WaitForAsync("transform people");
            Assert.That(await interrupted.StopAsync(), Is.EqualTo(143), interrupted.Output);
        }

        var (exitCode, output) = await QuickstartRun.ToEndAsync(arguments);

        Assert.That(exitCode, Is.Zero, output);
        var published = Directory.GetFiles(Path.Combine(Data, "published", "My videos -home"), "*.mp4");
        Assert.That(published, Has.Length.EqualTo(1));
        Assert.That(RowOf("people.avi", output), Does.Contain(published[0]));
        Assert.That(output, Does.Contain("1 video published").And.Not.Contain("Megamind"));
        await TestMedia.AssertPlayableAsync(published[0]);
    }

    [Test]
    public async Task It_serves_until_it_is_stopped_and_keeps_others_off_its_data()
    {
        var data = _folder.Of("served");
        string[] arguments = ["--data", data, "--channel", _folder.NewFolder("empty"), "--serve"];
        using var http = new HttpClient();
        using var serving = QuickstartRun.Start(arguments);
        await serving.WaitForAsync("keeps running");
        var url = ServiceUrl().Match(serving.Output).Value;
        Assert.That(serving.Output, Does.Contain("has no videos").And.Contain($"{url}/hangfire"));
        using (var dashboard = await http.GetAsync($"{url}/hangfire"))
        {
            Assert.That(dashboard.IsSuccessStatusCode);
        }

        var (exitCode, output) = await QuickstartRun.ToEndAsync(arguments);
        Assert.That((exitCode, output), Is.EqualTo((1, output)));
        Assert.That(output, Does.Contain("is in use by another VideoPipeline process"));

        Assert.That(await serving.StopAsync(), Is.EqualTo(143), serving.Output);
        Assert.That(async () => await http.GetAsync($"{url}/health/live"), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task A_feed_of_this_machine_is_meant_when_it_is_named()
    {
        await using var site = await SourceServer.StartAsync();
        site.OnText("/feed.xml", site.Rss(("The force", "/force.ogv")));
        site.OnFile("/force.ogv", TestMedia.Sample("Effet_force_magnetique.ogv"), "video/ogg");

        var (exitCode, output) = await QuickstartRun.ToEndAsync("--data", _folder.Of("feed"), "--channel", site.Url("/feed.xml"));

        Assert.That((exitCode, output), Is.EqualTo((0, output)));
        Assert.That(output, Does.Contain("1 video published"));
    }

    [Test]
    public async Task It_tells_why_the_service_refuses_a_channel()
    {
        var (exitCode, output) = await QuickstartRun.ToEndAsync("--data", _folder.Of("refused"), "--channel", "gopher://example.org/videos");

        Assert.That((exitCode, output), Is.EqualTo((1, output)));
        Assert.That(output, Does.Contain("the service refuses the channel gopher://example.org/videos: source."));
    }

    [TestCase("--nonsense", TestName = "Unknown arguments are refused")]
    [TestCase("--channel", TestName = "A channel needs a value")]
    [TestCase("--data", TestName = "Data needs a value")]
    [TestCase("--channel", "/no/such/folder", TestName = "The folder must exist")]
    public async Task Wrong_arguments_are_answered_with_the_usage(params string[] arguments)
    {
        var (exitCode, output) = await QuickstartRun.ToEndAsync(arguments);

        Assert.That((exitCode, output), Is.EqualTo((2, output)));
        Assert.That(output, Does.StartWith("quickstart: " + arguments[0]).And.Contain("Usage: bash deploy/quickstart.sh"));
    }

    [Test]
    public async Task It_explains_itself()
    {
        var (exitCode, output) = await QuickstartRun.ToEndAsync("--help");

        Assert.That((exitCode, output), Is.EqualTo((0, output)));
        Assert.That(output, Does.StartWith("Usage: bash deploy/quickstart.sh"));
    }

    private string PublishedPathOf(string sample) => Directory.GetFiles(
        Path.Combine(Data, "published", "Samples"), $"{Path.GetFileNameWithoutExtension(sample)} [*].mp4").Single();

    private static string RowOf(string sample, string output) =>
        output.Split('\n').Single(line => line.StartsWith($"{Path.GetFileNameWithoutExtension(sample)} ", StringComparison.Ordinal));

    private List<(string Path, DateTime ModifiedAt)> PublishedFiles() =>
        [.. new DirectoryInfo(Path.Combine(Data, "published", "Samples")).GetFiles().Select(file => (file.FullName, file.LastWriteTimeUtc)).Order()];

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex ServiceUrl();
}
