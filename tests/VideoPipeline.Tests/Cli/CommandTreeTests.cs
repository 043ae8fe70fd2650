using Spectre.Console.Cli;
using Spectre.Console.Testing;
using VideoPipeline.Cli;

namespace VideoPipeline.Tests.Cli;

/// <summary>What can be seen of the commands without a service.</summary>
public sealed class CommandTreeTests
{
    private static readonly string[][] Commands =
    [
        ["serve"], ["health"], ["channels"], ["channels", "list"], ["channels", "add"], ["channels", "show"], ["channels", "change"], ["channels", "remove"],
        ["channels", "scrape"], ["channels", "resume"], ["add"], ["videos"], ["video"], ["jobs"], ["job"], ["retry"], ["cancel"], ["priority"], ["queue"],
        ["pause"], ["resume"], ["watch"], ["stats"], ["nodes"], ["doctor"], ["keys", "create"], ["keys", "list"],
        ["keys", "revoke"], ["youtube", "login"], ["schema"],
    ];

    [Test]
    public void Every_example_can_be_run()
    {
        using var console = new TestConsole();
        var app = new CommandApp();
        app.Configure(config =>
        {
            config.Settings.Console = console;
            config.UseStrictParsing();
            config.PropagateExceptions();
            CommandTree.Configure(config);
            config.ValidateExamples();
        });

        Assert.That(app.Run(["--help"]), Is.Zero, console.Output);
    }

    [TestCaseSource(nameof(Commands))]
    public async Task Each_command_explains_itself_with_an_example(params string[] command)
    {
        var (exitCode, output, errors) = await CliRun.RunAsync([.. command, "--help"]);

        Assert.That((exitCode, errors), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain("DESCRIPTION:").And.Contain("USAGE:").And.Contain($"EXAMPLES:\n    videopipeline {command[0]}"));
    }

    [Test]
    public async Task The_help_names_every_command()
    {
        var (exitCode, output, _) = await CliRun.RunAsync("--help");

        Assert.That(exitCode, Is.Zero);
        foreach (var command in Commands)
        {
            Assert.That(output, Does.Match($"\n    {command[0]}( |<)"));
        }
    }

    [TestCase("nonsense")]
    [TestCase("jobs", "--nonsense")]
    [TestCase("jobs", "--limit", "0")]
    [TestCase("jobs", "--limit", "many")]
    [TestCase("jobs", "--limit", "5", "--all")]
    [TestCase("job")]
    [TestCase("job", "first")]
    [TestCase("priority", "7", "high")]
    [TestCase("retry")]
    [TestCase("retry", "7", "--all")]
    [TestCase("retry", "7", "--type", "download")]
    [TestCase("cancel", "--channel", "Films")]
    [TestCase("pause", "--for", "long")]
    [TestCase("pause", "--until", "soon")]
    [TestCase("pause", "--until", "2030-01-01T00:00:00Z", "--for", "1h")]
    [TestCase("watch", "--results")]
    [TestCase("watch", "--fail")]
    [TestCase("channels", "add")]
    [TestCase("channels", "add", "OnlyAName")]
    [TestCase("channels", "add", "--from", "/no/such/file")]
    [TestCase("channels", "change", "1")]
    [TestCase("queue", "--url", "ftp://example.org")]
    [TestCase("queue", "--url", "http://user:password@example.org")]
    [TestCase("queue", "--key", "a", "--key-file", "b")]
    [TestCase("queue", "--key", "two words")]
    [TestCase("queue", "--key-file", "/no/such/file")]
    [TestCase("keys", "create", "laptop", "--role", "all")]
    [TestCase("keys", "create", "laptop")]
    [TestCase("schema", "Sqlite")]
    public async Task Wrong_usage_is_told_before_anything_is_done(params string[] arguments)
    {
        var (exitCode, output, errors) = await CliRun.RunAsync(arguments);

        Assert.That((exitCode, output), Is.EqualTo((ExitCode.WrongUsage, string.Empty)), errors);
        Assert.That(errors, Does.StartWith("videopipeline: "));
    }

    [TestCase("jobs", "--limit", "0", "--json")]
    [TestCase("nonsense", "--json")]
    [TestCase("watch", "--until-done", "--json", "--fail")]
    public async Task With_json_errors_are_problem_details_in_one_line(params string[] arguments)
    {
        var (exitCode, output, errors) = await CliRun.RunAsync(arguments);

        Assert.That((exitCode, output), Is.EqualTo((ExitCode.WrongUsage, string.Empty)));
        var problem = System.Text.Json.JsonElement.Parse(errors);
        Assert.That(errors.TrimEnd('\n'), Does.Not.Contain('\n'));
        Assert.That(problem.GetProperty("title").GetString(), Is.EqualTo("Wrong usage"));
        Assert.That(problem.GetProperty("detail").GetString(), Is.Not.Empty);
        Assert.That(problem.GetProperty("exitCode").GetInt32(), Is.EqualTo(ExitCode.WrongUsage));
    }

    [Test]
    public async Task Commands_on_the_services_machine_take_its_data_folder_and_tell_errors_as_all_do()
    {
        var data = Directory.CreateTempSubdirectory("vp-test-").FullName;
        try
        {
            var (exitCode, output, errors) = await CliRun.RunAsync("keys", "revoke", "nobody", "--data", data, "--json");
            Assert.That((exitCode, output), Is.EqualTo((ExitCode.Failed, string.Empty)));
            Assert.That(System.Text.Json.JsonElement.Parse(errors).GetProperty("detail").GetString(), Does.StartWith("Not done: "));

            (exitCode, output, errors) = await CliRun.RunAsync("youtube", "login", "--data", data);
            Assert.That((exitCode, output), Is.EqualTo((ExitCode.Failed, string.Empty)));
            Assert.That(errors, Does.StartWith("Not signed in: "));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Test]
    public async Task A_service_that_is_not_there_is_told_with_what_to_do()
    {
        var (exitCode, output, errors) = await CliRun.RunAsync("queue", "--url", "http://127.0.0.1:1");

        Assert.That((exitCode, output), Is.EqualTo((ExitCode.NotReachable, string.Empty)));
        Assert.That(errors, Does.Contain("http://127.0.0.1:1/ doesn't answer").And.Contain("videopipeline serve"));
    }
}
