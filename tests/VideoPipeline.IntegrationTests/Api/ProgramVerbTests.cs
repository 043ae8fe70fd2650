using VideoPipeline.IntegrationTests.Deploy;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>What the program does besides running the service.</summary>
public sealed class ProgramVerbTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "VideoPipeline.Server.dll");

    [TestCase("PostgreSql", "CREATE TABLE video_processing_jobs")]
    [TestCase("sqlserver", "CREATE TABLE [video_processing_jobs]")]
    public async Task Schema_prints_SQL_and_nothing_else(string mode, string expected)
    {
        var (exitCode, output, errors) = await RunAsync("schema", mode);

        Assert.That((exitCode, errors), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain(expected).And.Contain("hangfire").IgnoreCase);
    }

    [TestCase("schema")]
    [TestCase("schema", "Sqlite")]
    [TestCase("schema", "2")]
    [TestCase("schema", "PostgreSql", "more")]
    [TestCase("halth")]
    public async Task What_it_does_not_know_is_refused_with_what_is_allowed(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);

        Assert.That((exitCode, output), Is.EqualTo((2, string.Empty)));
        Assert.That(errors, Does.Contain(string.Join(' ', arguments)).And.Contain("schema PostgreSql|SqlServer"));
    }

    [Test]
    public async Task Health_says_whether_the_service_answers()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Of("data"));
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = server.HttpClient.BaseAddress!.ToString() };

        Assert.That((await CommandLine.RunAsync("dotnet", [Program, "health"], environment)).ExitCode, Is.Zero);
        server.Kill();
        Assert.That((await CommandLine.RunAsync("dotnet", [Program, "health"], environment)).ExitCode, Is.EqualTo(1));
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => CommandLine.RunAsync("dotnet", [Program, .. arguments]);
}
