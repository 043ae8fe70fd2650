using Microsoft.AspNetCore.Http;
using Spectre.Console;
using Spectre.Console.Testing;
using VideoPipeline.Cli;

namespace VideoPipeline.Tests.Cli;

/// <summary>What commands make of answers that a service seldom gives.</summary>
public sealed class ServiceAnswersTests
{
    private const string NoMore = """],"nextCursor":null}""";

    [TestCase("""{"matched":2,"changed":2,"skipped":0,"dryRun":false}""", ExitCode.Ok, "2 jobs queued again.\n", "")]
    [TestCase("""{"matched":1,"changed":1,"skipped":0,"dryRun":false}""", ExitCode.NotFound, "1 job queued again.\n", "videopipeline: 1 of 2 jobs is unknown.")]
    [TestCase("""{"matched":0,"changed":0,"skipped":0,"dryRun":false}""", ExitCode.NotFound, "0 jobs queued again.\n", "videopipeline: 2 of 2 jobs are unknown.")]
    [TestCase("""{"matched":2,"changed":1,"skipped":1,"dryRun":false}""", ExitCode.Failed, "1 job queued again, 1 left as it is.\n", "videopipeline: 1 of 2 jobs can't be queued again.")]
    public async Task Who_names_jobs_is_told_when_not_all_were_changed(string answer, int exitCode, string output, string errors)
    {
        await using var service = await Answering("POST /api/jobs/retry", answer);

        var (ended, shown, told) = await CliRun.RunAsync("retry", "998", "999", "998", "--url", service.Url);

        Assert.That((ended, shown), Is.EqualTo((exitCode, output)), told);
        Assert.That(told, Does.StartWith(errors));
    }

    [Test]
    public async Task A_filter_that_matches_nothing_is_no_failure()
    {
        await using var service = await Answering("POST /api/jobs/cancel", """{"matched":0,"changed":0,"skipped":0,"dryRun":false}""");

        Assert.That((await CliRun.RunAsync("cancel", "--all", "--url", service.Url)).ExitCode, Is.Zero);
    }

    [TestCase("https://talks.example.org/a%20b", "HTTPS://Talks.example.org:443/a b")]
    [TestCase("https://talks.example.org/", "https://talks.example.org")]
    [TestCase("https://www.youtube.com/@Talks", "youtube.com/@Talks/videos", "--kind", "youtube")]
    public async Task A_channel_is_there_already_however_its_source_is_written(string stored, string given, params string[] options)
    {
        await using var service = await WithChannels(Channel(3, "Talks", stored));

        var (exitCode, output, errors) = await CliRun.RunAsync(["channels", "add", "Talks", given, "--if-missing", "--url", service.Url, .. options]);

        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(output, Does.Contain("is there already"));
    }

    [Test]
    public async Task A_folder_is_known_by_where_its_links_lead()
    {
        var folder = Directory.CreateTempSubdirectory("vp-test-").FullName;
        try
        {
            var link = Path.Combine(folder, "link");
            Directory.CreateSymbolicLink(link, Directory.CreateDirectory(Path.Combine(folder, "videos")).FullName);
            await using var service = await WithChannels(Channel(3, "Talks", RealPath.Of(link)));

            Assert.That((await CliRun.RunAsync("channels", "add", "Talks", link + "/", "--if-missing", "--url", service.Url)).ExitCode, Is.Zero);
            Assert.That((await CliRun.RunAsync("channels", "add", "Talks", new Uri(link).AbsoluteUri, "--if-missing", "--url", service.Url)).ExitCode, Is.Zero);
            Assert.That((await CliRun.RunAsync("channels", "add", "Talks", folder, "--if-missing", "--url", service.Url)).ExitCode, Is.EqualTo(ExitCode.Failed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("""{"name": 2024, "source": {"kind": "folder", "url": "/srv/x"}}""")]
    [TestCase("""{"name": "Talks", "source": "/srv/x"}""")]
    [TestCase("""{"name": "Talks", "source": {"kind": "folder", "url": ["/srv/x"]}}""")]
    public async Task What_is_wrong_in_a_file_is_left_to_the_service_to_say(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            await using var service = await StandInService.StartAsync(async context =>
            {
                context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method) ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
                await context.Response.WriteAsync("""{"items":[],"nextCursor":null,"detail":"so not"}""");
            });

            var (exitCode, _, errors) = await CliRun.RunAsync("channels", "add", "--from", file, "--if-missing", "--url", service.Url);

            Assert.That(exitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(errors, Does.StartWith("videopipeline: the service refuses the channel").And.Contain("so not"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("2024", 3)]
    [TestCase("7", 7)]
    [TestCase("films", 5)]
    [TestCase("Films", 5)]
    [TestCase("TALKS", 9)]
    public async Task A_channel_is_found_by_its_exact_name_then_by_another_case_or_its_id(string given, long id)
    {
        var channels = $$"""{"items":[{{Channel(3, "2024", "/a")}},{{Channel(4, "FILMS", "/a")}},{{Channel(5, given == "films" ? "films" : "Films", "/a")}},{{Channel(9, "Talks", "/a")}}{{NoMore}}""";
        await using var service = await StandInService.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GET /api/channels?limit=500"] = channels,
            [$"GET /api/channels/{id}"] = """{"found":true}""",
        });

        var (exitCode, output, errors) = await CliRun.RunAsync("channels", "show", given, "--json", "--url", service.Url);

        Assert.That((exitCode, output.Trim()), Is.EqualTo((0, """{"found":true}""")), errors);
    }

    [Test]
    public async Task Which_of_two_channels_is_meant_that_differ_in_case_alone_is_not_guessed()
    {
        await using var service = await WithChannels(Channel(4, "FILMS", "/a"), Channel(5, "Films", "/a"));

        Assert.That((await CliRun.RunAsync("channels", "remove", "films", "--url", service.Url)).ExitCode, Is.EqualTo(ExitCode.NotFound));
    }

    [Test]
    public async Task What_nobody_has_thought_of_is_one_line_without_a_stack_trace()
    {
        using var closed = new StringWriter();
        await closed.DisposeAsync();
        using var errors = new TestConsole();
        var output = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(closed) });
        await using var service = await WithChannels(Channel(4, "Films", "/a"));

        var exitCode = await CommandLineProgram.RunAsync(
            ["channels", "remove", "Films", "--url", service.Url],
            new Terminal(output, errors, isLive: false, tellsProgress: false, TimeProvider.System),
            CancellationToken.None);

        Assert.That(exitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(errors.Output, Does.Match("^videopipeline: something unexpected has happened \\(ObjectDisposedException\\): [^\n]+\n$"));
    }

    private static Task<StandInService> Answering(string request, string answer) =>
        StandInService.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [request] = answer });

    private static Task<StandInService> WithChannels(params string[] channels) => StandInService.StartAsync(async context =>
        await context.Response.WriteAsync(context.Request.Path == "/api/channels" ? $$"""{"items":[{{string.Join(',', channels)}}{{NoMore}}""" : channels[0]));

    private static string Channel(long id, string name, string source) =>
        $$"""{"id":{{id}},"name":"{{name}}","source":{"kind":"any","url":"{{source}}"},"target":{"kind":"folder"},"profile":"youtube-1080p"}""";
}
