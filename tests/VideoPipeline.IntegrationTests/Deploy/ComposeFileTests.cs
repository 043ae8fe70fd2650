using System.Text.RegularExpressions;

namespace VideoPipeline.IntegrationTests.Deploy;

/// <summary><c>docker-compose.yml</c> as docker-compose reads it, which needs no engine.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string[] OnSqlServer = ["-f", "docker-compose.yml"];
    private static readonly string[] OnPostgreSql = [.. OnSqlServer, "-f", "docker-compose.postgres.yml"];

    private static readonly Dictionary<string, string?> Secrets = new(StringComparer.Ordinal)
    {
        ["VIDEOPIPELINE_DATABASE_PASSWORD"] = "Aa1database",
        ["VIDEOPIPELINE_S3_ACCESS_KEY"] = "key",
        ["VIDEOPIPELINE_S3_SECRET_KEY"] = "secret",
    };

    private static readonly string[][] Variants = [OnSqlServer, OnPostgreSql];

    [TestCaseSource(nameof(Variants))]
    public async Task Ports_are_published_on_the_loopback_interface_only(params string[] files)
    {
        var ports = Ports().Matches(await ConfigAsync(files)).Select(match => match.Groups["port"].Value).ToList();

        Assert.That(ports, Is.Not.Empty.And.All.StartsWith("127.0.0.1:"));
    }

    [TestCaseSource(nameof(Variants))]
    public async Task Without_its_secrets_it_is_refused_with_the_name_of_what_is_missing(params string[] files)
    {
        foreach (var name in Secrets.Keys)
        {
            var (exitCode, _, errors) = await ComposeAsync(files, Secrets.Where(secret => secret.Key != name).ToDictionary(StringComparer.Ordinal));

            Assert.That(exitCode, Is.EqualTo(1), name);
            Assert.That(errors, Does.Contain(name));
        }
    }

    [Test]
    public async Task On_PostgreSQL_nothing_of_SQL_Server_is_left_but_a_profile_that_nobody_starts()
    {
        var services = Services().Matches(await ConfigAsync(OnPostgreSql)).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["body"].Value, StringComparer.Ordinal);

        foreach (var (name, body) in services)
        {
            var ofSqlServer = name.StartsWith("sqlserver", StringComparison.Ordinal);
            Assert.That(body.Contains("profiles:\n    - sqlserver\n", StringComparison.Ordinal), Is.EqualTo(ofSqlServer), name);
            Assert.That(body, ofSqlServer ? Does.Contain("mssql") : Does.Not.Contain("mssql").And.Not.Contain("sqlserver").IgnoreCase, name);
        }
    }

    [TestCaseSource(nameof(Variants))]
    public async Task The_example_names_every_variable_and_gives_none_a_value_that_would_work(params string[] files)
    {
        var example = (await File.ReadAllLinesAsync(Path.Combine(CommandLine.Repository, ".env.example")))
            .Select(line => Assignment().Match(line)).Where(match => match.Success).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
        var used = files.Where(file => file.EndsWith(".yml", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(File.ReadAllText(Path.Combine(CommandLine.Repository, file)))).Select(match => match.Groups["name"].Value).Distinct();

        Assert.That(example.Keys, Is.SupersetOf(used));
        Assert.That(example.Where(setting => setting.Key.Contains("PASSWORD", StringComparison.Ordinal) || setting.Key.Contains("_KEY", StringComparison.Ordinal)).Select(setting => setting.Value), Is.All.Empty);
    }

    private static async Task<string> ConfigAsync(string[] files)
    {
        var (exitCode, output, errors) = await ComposeAsync(files, Secrets);
        Assert.That(exitCode, Is.Zero, errors);
        return output;
    }

    /// <summary>With these variables and no others, whatever this machine's .env says.</summary>
    private static async Task<(int ExitCode, string Output, string Errors)> ComposeAsync(string[] files, IReadOnlyDictionary<string, string?> variables)
    {
        using var folder = new TemporaryFolder();
        var environment = Secrets.Keys.ToDictionary(name => name, variables.GetValueOrDefault, StringComparer.Ordinal);
        return await CommandLine.RunAsync("docker-compose", ["--env-file", folder.NewFile("empty.env", string.Empty), .. files, "config"], environment);
    }

    [GeneratedRegex("^    ports:\n(    - (?<port>.+)\n)+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Ports();

    [GeneratedRegex("^  (?<name>[a-z0-9-]+):\n(?<body>(    .*\n)+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Services();

    [GeneratedRegex("^#?(?<name>[A-Z0-9_]+)=(?<value>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();

    [GeneratedRegex("(?<!\\$)\\$\\{(?<name>[A-Z0-9_]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
