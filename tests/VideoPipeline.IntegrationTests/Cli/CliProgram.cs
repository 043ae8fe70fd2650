using System.Diagnostics;
using System.Text;
using Spectre.Console;
using VideoPipeline.Cli;
using VideoPipeline.IntegrationTests.Deploy;

namespace VideoPipeline.IntegrationTests.Cli;

/// <summary>The command line against a real service: as a process of its own, or quicker in this one.</summary>
internal static class CliProgram
{
    public static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "VideoPipeline.Cli.dll");

    /// <summary>In this process, without a terminal.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunHereAsync(Uri service, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var terminal = new Terminal(On(output), On(errors), isLive: false, tellsProgress: false, TimeProvider.System);
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        var exitCode = await CommandLineProgram.RunAsync([.. arguments, "--url", service.ToString()], terminal, patience.Token);
        return (exitCode, output.ToString(), errors.ToString());

        static IAnsiConsole On(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
    }

    /// <summary>The real program to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        CommandLine.RunAsync("dotnet", [Path, .. arguments], environment);

    /// <summary>The real program, until it is stopped.</summary>
    public static (Process Process, StringBuilder Output) Start(Uri? service, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["VIDEOPIPELINE_URL"] = service?.ToString();
        start.Environment["Logging__Console__FormatterName"] = "simple";
        var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) =>
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        return (process, output);
    }
}
