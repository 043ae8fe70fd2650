using System.Runtime.Versioning;

namespace VideoPipeline.IntegrationTests.Deploy;

/// <summary>What the scripts do on machines unlike this one: programs that stand in for the real ones come first on the PATH.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ScriptTests
{
    [Test]
    public async Task Where_ICU_is_missing_it_is_installed_before_dotnet_is_given_up()
    {
        using var folder = new TemporaryFolder();

        // As dotnet is without ICU: it is there, and aborts.
        StandIn(folder, "dotnet", $"test -e {folder.Of("installed")}");
        StandIn(folder, "ldconfig", "true");
        StandIn(folder, "apt-get", $"[[ $* != *libicu* ]] || touch {folder.Of("installed")}");
        StandIn(folder, "sudo", "exec \"$@\"");

        var (exitCode, output, errors) = await RunAsync(folder, CommandLine.Repository, "deploy/install-tools.sh", "dotnet", "icu");

        Assert.That((exitCode, output, errors), Is.EqualTo((0, "Installing ICU ...\n", string.Empty)));
    }

    [Test]
    public async Task A_dotnet_that_does_not_run_for_another_reason_is_told_and_nothing_is_installed()
    {
        using var folder = new TemporaryFolder();
        StandIn(folder, "dotnet", "false");
        StandIn(folder, "ldconfig", "echo 'libicuuc.so.72 (libc6,x86-64) => /usr/lib/libicuuc.so.72'");

        var (exitCode, output, errors) = await RunAsync(folder, CommandLine.Repository, "deploy/install-tools.sh", "dotnet");

        Assert.That((exitCode, output), Is.EqualTo((1, string.Empty)));
        Assert.That(errors, Does.Contain("the .NET 10 SDK is missing"));
    }

    [Test]
    public async Task The_benchmarks_file_is_relative_to_where_it_was_typed()
    {
        using var folder = new TemporaryFolder();
        StandIn(folder, "dotnet", "echo \"$@\"");

        var (exitCode, output, errors) = await RunAsync(folder, folder.Path, Path.Combine(CommandLine.Repository, "tests/bench.sh"), "--json", "figures.json");

        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(output, Does.EndWith($"VideoPipeline.Benchmarks.dll --json {folder.Of("figures.json")}\n"));
    }

    private static void StandIn(TemporaryFolder folder, string program, string script)
    {
        var path = folder.NewFile(program, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(TemporaryFolder standIns, string folder, params string[] command) => CommandLine.RunAsync(
        "bash",
        command,
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = $"{standIns.Path}:{Environment.GetEnvironmentVariable("PATH")}" },
        folder);
}
