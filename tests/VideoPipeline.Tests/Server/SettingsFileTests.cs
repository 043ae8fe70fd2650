using Microsoft.Extensions.Options;
using VideoPipeline.Server;
using VideoPipeline.Tests.Cli;

namespace VideoPipeline.Tests.Server;

/// <summary>A file of settings that can't be read is told of by every program that reads it, in one line.</summary>
public sealed class SettingsFileTests
{
    private readonly string _environment = $"Broken-{Guid.NewGuid():N}";

    private string File => Path.Combine(AppContext.BaseDirectory, $"appsettings.{_environment}.json");

    private string Setting => $"--environment={_environment}";

    [OneTimeTearDown]
    public void Remove() => System.IO.File.Delete(File);

    [TestCase("{\n  \"VideoPipeline\": {\n    \"Workers\": { \"Scrape\": 1 }},\n  }\n}", "It is no valid JSON in line 5, ")]
    [TestCase("{ \"A\": 1, \"a\": 2 }", "A duplicate key 'a' was found.")]
    [TestCase("[]", "Top-level JSON element must be an object.")]
    [TestCase("", "It is no valid JSON in line 1, ")]
    public void Its_place_and_what_is_wrong_are_named(string text, string reason)
    {
        System.IO.File.WriteAllText(File, text);

        var refused = Assert.Throws<OptionsValidationException>(() => ServiceProgram.CreateBuilder([Setting]));

        Assert.That(refused.Failures.Single(), Does.Contain($"'{File}'").And.Contain(reason).And.Not.Contain("\n"));
    }

    [Test]
    public async Task Whoever_reads_it_says_so()
    {
        await System.IO.File.WriteAllTextAsync(File, "{");
        await using var output = new StringWriter();
        await using var errors = new StringWriter();

        Assert.That(await ServiceProgram.RunAsync([Setting]), Is.EqualTo(1));
        Assert.That(await ProgramVerb.RunAsync(["keys", "list", Setting], output, errors), Is.EqualTo(1));
        Assert.That(await ProgramVerb.RunAsync(["youtube-login", Setting], output, errors), Is.EqualTo(1));
        Assert.That(errors.ToString(), Does.StartWith("Not done: ").And.Contain("Not signed in: ").And.Contain(File));

        var doctor = await CliRun.RunAsync("doctor", "--json", "--", Setting);
        Assert.That((doctor.ExitCode, doctor.Errors), Is.EqualTo((1, "")));
        Assert.That(doctor.Output.ReplaceLineEndings(""), Does.Contain("\"settings\",\"state\":\"failed\"").And.Contain(_environment));
    }
}
