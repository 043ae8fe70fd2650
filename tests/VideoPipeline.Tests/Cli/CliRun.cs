using Spectre.Console.Testing;
using VideoPipeline.Cli;

namespace VideoPipeline.Tests.Cli;

/// <summary>The command line in this process, without a terminal.</summary>
internal static class CliRun
{
    /// <returns>The exit code, and what was written to either stream.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new TestConsole();
        using var errors = new TestConsole();
        var exitCode = await CommandLineProgram.RunAsync(
            arguments, new Terminal(output, errors, isLive: false, tellsProgress: false, TimeProvider.System), CancellationToken.None);
        return (exitCode, output.Output, errors.Output);
    }
}
