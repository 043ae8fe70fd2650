using System.Collections.Concurrent;
using System.Diagnostics;
using VideoPipeline.IntegrationTests.Deploy;
using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary><c>deploy/quickstart.sh</c> as a newcomer runs it, but without a terminal.</summary>
internal sealed class QuickstartRun : IDisposable
{
    // It builds the service first.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private QuickstartRun(string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("bash", [Path.Combine(CommandLine.Repository, "deploy", "quickstart.sh"), .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            },
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far, to either stream.</summary>
    public string Output => string.Join('\n', _output);

    public static QuickstartRun Start(params string[] arguments) => new(arguments);

    /// <returns>Its exit code and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> ToEndAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        return (await run.WaitForExitAsync(), run.Output);
    }

    public Task WaitForAsync(string text) => Eventually.TrueAsync(
        () => _process.HasExited ? throw new InvalidOperationException($"It ended:\n{Output}") : Output.Contains(text, StringComparison.Ordinal),
        $"quickstart.sh says '{text}'",
        Patience);

    /// <summary>What Ctrl-C and service managers do, as far as the script is concerned.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await TestMedia.RunAsync("bash", $"-c \"kill -TERM {_process.Id}\"");
        return await WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"quickstart.sh hasn't ended within {Patience}:\n{Output}", exception);
        }

        return _process.ExitCode;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
