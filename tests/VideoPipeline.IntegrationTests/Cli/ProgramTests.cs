using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using VideoPipeline.Cli;
using VideoPipeline.IntegrationTests.Deploy;

namespace VideoPipeline.IntegrationTests.Cli;

/// <summary>The program as a process: what shells, service managers and package managers do with it.</summary>
public sealed partial class ProgramTests
{
    private const int Interrupt = 2;

    [Test]
    public async Task It_serves_and_is_watched_until_signals_end_both()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Of("data");
        var (serving, log) = CliProgram.Start(service: null, "serve", "--data", data, "--url", "http://127.0.0.1:0", "--", "--VideoPipeline:Workers:Transform=0");
        using var ended = new EndOfProcess(serving);
        var url = new Uri(await Eventually.ValueAsync(
            () => Task.FromResult(Listening().Match(TextOf(log)) is { Success: true } match ? match.Groups["url"].Value : null), "it listens"));

        Assert.That((await CliProgram.RunHereAsync(url, "health", "--wait", "30s")).ExitCode, Is.Zero);
        var queue = JsonElement.Parse((await CliProgram.RunHereAsync(url, "queue", "--json")).Output);
        Assert.That(queue.GetProperty("byType").GetProperty("transform").GetProperty("workers").GetInt32(), Is.Zero, "its settings were taken");

        foreach (var (signal, exitCode) in new[] { (Interrupt, ExitCode.Interrupted), (UnixSignal.Terminate, ExitCode.Terminated) })
        {
            var (watching, events) = CliProgram.Start(url, "watch", "--json");
            using (watching)
            {
                await Eventually.TrueAsync(() => TextOf(events).Contains("\"event\":\"queue\"", StringComparison.Ordinal), "it watches");
                UnixSignal.Send(watching.Id, signal);
                Assert.That(await ExitCodeAsync(watching), Is.EqualTo(exitCode));
            }
        }

        var (checkedUp, report, _) = await CliProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = url.ToString().TrimEnd('/') }, "doctor", "--json", "--data", data);
        Assert.That(checkedUp, Is.Zero, report);
        Assert.That(
            JsonElement.Parse(report).GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()),
            Is.SupersetOf(new[] { "settings", "data folder", "ffmpeg", "ffprobe", "yt-dlp", "database", "store", "disk", "clock", "YouTube", "API keys", "port" }));
        Assert.That(report, Does.Contain("VideoPipeline answers at"));

        UnixSignal.Send(serving.Id, UnixSignal.Terminate);
        Assert.That(await ExitCodeAsync(serving), Is.Zero);
    }

    [Test]
    public async Task The_doctor_finds_what_is_wrong_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Of("data");
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{taken.LocalEndpoint}",
            ["VideoPipeline__Ffmpeg__BinaryFolder"] = folder.Path,
            ["VideoPipeline__Profiles__hardware__Encoder"] = "Nvenc",
            ["VideoPipeline__Storage__Mode"] = "PostgreSql",
            ["VideoPipeline__Storage__ConnectionString"] = "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2",
        };

        var (exitCode, report, errors) = await CliProgram.RunAsync(environment, "doctor", "--data", data);

        Assert.That((exitCode, errors), Is.EqualTo((ExitCode.Failed, string.Empty)));
        Assert.That(report, Does.Match("(?m)^ffmpeg +FAILS .*\n +-> Install ffmpeg").And.Match("(?m)^encoders +warning .*\n +-> .*Profiles__NAME__Encoder=Software").And.Match("(?m)^database +FAILS .*\n +-> .*ConnectionString").And.Match("(?m)^port +FAILS .*in use"));
        Assert.That(Directory.Exists(data), Is.False);

        (exitCode, report, _) = await CliProgram.RunAsync(environment, "doctor", "--", "--VideoPipeline:Workers:Scrape=many");
        Assert.That((exitCode, report), Is.EqualTo((ExitCode.Failed, report)));
        Assert.That(report, Does.Contain("VideoPipeline:Workers:Scrape must be a whole number"));
    }

    [Test]
    public async Task With_keys_it_says_who_it_is_and_may_do_what_its_role_allows()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Of("data");
        var (created, key, errors) = await CliProgram.RunAsync(environment: null, "keys", "create", "laptop", "--role", "read", "--data", data);
        Assert.That(created, Is.Zero, errors);
        string[] withKey = ["--key-file", folder.NewFile("key", key)];
        await using var server = await ServerProcess.StartAsync(data);
        var url = server.HttpClient.BaseAddress!;

        Assert.That((await CliProgram.RunHereAsync(url, "queue")).ExitCode, Is.EqualTo(ExitCode.NotAuthorised));
        Assert.That((await CliProgram.RunHereAsync(url, ["queue", .. withKey])).ExitCode, Is.Zero);
        Assert.That((await CliProgram.RunHereAsync(url, ["watch", "--until-done", .. withKey])).ExitCode, Is.Zero);
        var (exitCode, _, refused) = await CliProgram.RunHereAsync(url, ["pause", .. withKey]);
        Assert.That((exitCode, refused), Is.EqualTo((ExitCode.NotAuthorised, refused)));
        Assert.That(refused, Does.StartWith("videopipeline: the key doesn't allow to pause: ").And.Not.Contain(key.Trim()));

        Assert.That((await CliProgram.RunAsync(environment: null, "keys", "revoke", "laptop", "--data", data)).ExitCode, Is.Zero);
        Assert.That((await CliProgram.RunAsync(environment: null, "keys", "list", "--data", data)).Output, Does.Contain("laptop").And.Contain("revoked"));
        Assert.That((await CliProgram.RunHereAsync(url, ["queue", .. withKey])).ExitCode, Is.EqualTo(ExitCode.NotAuthorised));
    }

    [Test]
    public async Task Packed_it_installs_from_a_folder_and_runs()
    {
        using var folder = new TemporaryFolder();
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var (packed, said, errors) = await CommandLine.RunAsync(
            "dotnet", ["pack", "src/VideoPipeline.Cli", "--no-build", "-c", configuration, "-o", folder.Of("packages"), "-nologo", "-v", "quiet"]);
        Assert.That(packed, Is.Zero, said + errors);

        // From this folder alone: the package has everything in it.
        var sources = folder.NewFile("nuget.config", $"""
            <configuration><packageSources><clear /><add key="packed" value="{folder.Of("packages")}" /></packageSources></configuration>
            """);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = folder.Of("cache") };
        (packed, said, errors) = await CommandLine.RunAsync(
            "dotnet", ["tool", "install", "VideoPipeline.Cli", "--tool-path", folder.Of("tools"), "--configfile", sources], environment);
        Assert.That(packed, Is.Zero, said + errors);

        var (exitCode, output, _) = await CommandLine.RunAsync(Path.Combine(folder.Of("tools"), "videopipeline"), ["schema", "PostgreSql"]);
        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.Contain("CREATE TABLE video_processing_jobs"));
    }

    private static string TextOf(StringBuilder output)
    {
        lock (output)
        {
            return output.ToString();
        }
    }

    private static async Task<int> ExitCodeAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    [GeneratedRegex("Now listening on: (?<url>http://\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
