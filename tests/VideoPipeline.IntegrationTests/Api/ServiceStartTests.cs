using System.Net;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>How the service starts, refuses to, and stops.</summary>
public sealed class ServiceStartTests
{
    [TestCase("ASPNETCORE_URLS", "nonsense", "ASPNETCORE_URLS")]
    [TestCase("Kestrel__Endpoints__Http__Url", "nonsense", "Kestrel:Endpoints:Http:Url")]
    [TestCase("VideoPipeline__Access__TrustedProxies", "proxy", "VideoPipeline:Access:TrustedProxies must be addresses or networks")]
    [TestCase("VideoPipeline__Access__RequireKeys", "perhaps", "VideoPipeline:Access:RequireKeys must be true or false")]
    [TestCase("VideoPipeline__Storage__Mode", "Paper", "VideoPipeline:Storage:Mode must be one of Sqlite, PostgreSql, SqlServer")]
    [TestCase("VideoPipeline__Storage__Mode", "PostgreSql", "VideoPipeline:Storage:ConnectionString must say how the database of mode PostgreSql is reached")]
    [TestCase("VideoPipeline__Storage__Dispatcher", "Paper", "VideoPipeline:Storage:Dispatcher must be one of Auto, InMemory")]
    [TestCase("VideoPipeline__Profiles__small__MaxShortSide", "0", "VideoPipeline:Profiles:small:MaxShortSide must be from 16 to 8192")]
    [TestCase("VideoPipeline__Profiles__small__Widht", "640", "VideoPipeline:Profiles:small:Widht is no setting of a profile: must be one of Extends, Container, ")]
    [TestCase("VideoPipeline__Workers__Download", "65", "VideoPipeline:Workers:Download must be from 0 to 64")]
    [TestCase("VideoPipeline__Workers__Download", "many", "VideoPipeline:Workers:Download must be a whole number")]
    [TestCase("VideoPipeline__Lease__Duration", "00:00:01", "VideoPipeline:Lease:Duration must be from 00:00:03 to 01:00:00")]
    [TestCase("VideoPipeline__YtDlp__CookiesFile", "/no/such/cookies.txt", "VideoPipeline:YtDlp:CookiesFile must be empty or name a file in Netscape's cookie format")]
    [TestCase("VideoPipeline__YtDlp__CookiesFile", "/etc/passwd", "VideoPipeline:YtDlp:CookiesFile must be empty or name a file in Netscape's cookie format")]
    [TestCase("VideoPipeline__YtDlp__RateLimit", "0", "VideoPipeline:YtDlp:RateLimit must be from 1 to")]
    [TestCase("VideoPipeline__Sources__MaxFeedBytes", "1", "VideoPipeline:Sources:MaxFeedBytes must be from 1000 to 1000000000")]
    [TestCase("VideoPipeline__Artifacts__Kind", "Azure", "VideoPipeline:Artifacts:Kind must be one of Folder, S3")]
    [TestCase("VideoPipeline__Artifacts__Kind", "S3", "VideoPipeline:Artifacts:S3:Bucket must be the name of a bucket")]
    [TestCase("VideoPipeline__Artifacts__S3__PartSizeBytes", "1000", "VideoPipeline:Artifacts:S3:PartSizeBytes must be from 5242880 to 1073741824")]
    [TestCase("VideoPipeline__Node__Role", "Painter", "VideoPipeline:Node:Role must be one of All, Api, Worker, but is 'Painter'")]
    [TestCase("VideoPipeline__Node__Name", "a/b", "VideoPipeline:Node:Name must have 1 to 100 letters, digits and - _ . :")]
    [TestCase("VideoPipeline__Retention__Failed", "-1", "VideoPipeline:Retention:Failed must be from 00:00:00 to 36500.00:00:00")]
    public async Task A_wrong_setting_stops_it_with_one_line(string name, string value, string expected)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(output.Split('\n'), Has.Length.EqualTo(1), output);
            Assert.That(output, Does.Contain(expected));
            Assert.That(Directory.Exists(folder.Of("data")), Is.False);
        }
    }

    [TestCase("ASPNETCORE_URLS", "http://127.0.0.1:0;http://*:0", "ASPNETCORE_URLS has 'http://*:0'")]
    [TestCase("Kestrel__Endpoints__Http__Url", "http://0.0.0.0:0", "Kestrel:Endpoints:Http:Url has 'http://0.0.0.0:0'")]
    public async Task Where_others_reach_it_it_wants_a_key_and_says_how_to_make_one(string name, string value, string expected)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value });

        Assert.That((exitCode, output.Split('\n').Length), Is.EqualTo((1, 1)), output);
        Assert.That(output, Does.Contain(expected).And.Contain("keys create NAME --role operate"));
    }

    [Test]
    public async Task It_writes_numbers_alike_whatever_the_systems_language_is()
    {
        using var folder = new TemporaryFolder();

        var (_, output) = await ServerProcess.RunToEndAsync(
            folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "de_DE.UTF-8", ["VideoPipeline__Retry__Jitter"] = "1.5" });

        Assert.That(output, Does.Contain("VideoPipeline:Retry:Jitter must be from 0 to 1, but is '1.5'."));
    }

    [Test]
    public async Task A_data_folder_belongs_to_one_process_until_it_ends_however_it_ends()
    {
        using var folder = new TemporaryFolder();
        await using var first = await ServerProcess.StartAsync(folder.Of("data"));

        var (exitCode, output) = await ServerProcess.RunToEndAsync(folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.That((exitCode, output.Split('\n').Length), Is.EqualTo((1, 1)), output);
        Assert.That(output, Does.Contain("is in use").And.Contain("VideoPipeline__DataDirectory"));

        first.Kill();
        await using var second = await ServerProcess.StartAsync(folder.Of("data"));
        Assert.That(await second.StopAsync(), Is.Zero);
    }

    [Test]
    public async Task It_is_ready_when_all_that_it_needs_is_there()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Of("data"));

        using var response = await server.HttpClient.GetAsync("/health/ready");
        var checks = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("checks");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), checks.GetRawText());
        Assert.That(checks.GetProperty("ffmpeg").GetProperty("detail").GetString(), Does.StartWith("ffmpeg version"));
        Assert.That(checks.EnumerateObject().Select(check => check.Name), Is.EqualTo(new[] { "database", "artifacts", "ffmpeg", "ffprobe", "ytDlp", "encoders", "disk" }));
        Assert.That(checks.GetProperty("ytDlp").GetProperty("detail").GetString(), Does.Match(@"^20\d\d\.\d\d\.\d\d.*, \d+ days old$"));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task An_old_yt_dlp_is_warned_of_in_the_log_and_in_health_and_stops_nothing()
    {
        using var folder = new TemporaryFolder();
        var old = folder.NewFile("yt-dlp", "#!/bin/sh\necho 2023.03.04\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(old, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await using var server = await ServerProcess.StartAsync(
            folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal) { ["VideoPipeline__YtDlp__Path"] = old });

        using var response = await server.HttpClient.GetAsync("/health/ready");
        var check = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("checks").GetProperty("ytDlp");

        Assert.That((response.StatusCode, check.GetProperty("ok").GetBoolean()), Is.EqualTo((HttpStatusCode.OK, true)));
        Assert.That(check.GetProperty("warning").GetString(), Does.StartWith("yt-dlp 2023.03.04 is "));
        await Eventually.TrueAsync(() => server.Output.Contains("yt-dlp 2023.03.04 is ", StringComparison.Ordinal), "it is logged");
    }

    [Test]
    public async Task It_is_live_but_not_ready_without_ffmpeg()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.Of("data"), new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = folder.Path });

        using var response = await server.HttpClient.GetAsync("/health/ready");

        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That((response.StatusCode, answer.GetProperty("status").GetString()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "notReady")));
        Assert.That(answer.GetProperty("checks").GetProperty("ffmpeg").GetProperty("ok").GetBoolean(), Is.False);
        Assert.That(answer.GetProperty("checks").GetProperty("database").GetProperty("ok").GetBoolean(), Is.True);
    }
}
