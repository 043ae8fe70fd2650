using System.Collections.Concurrent;
using System.Diagnostics;

namespace VideoPipeline.IntegrationTests.ManyNodes;

/// <summary>A node in a process of its own, with stages that only leave a line in a log (see <c>tests/VideoPipeline.TestNode</c>).</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "VideoPipeline.TestNode.dll");

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private NodeProcess(IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Program])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>As it calls itself: the beginning of the name of its workers.</summary>
    public string Name => $"{Environment.MachineName}:{_process.Id}";

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    /// <summary>The processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="settings">Those below <c>VideoPipeline:</c> without it; those of the test node with <c>TestNode:</c>.</param>
    public static async Task<NodeProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var node = new NodeProcess(settings.ToDictionary(
            setting => setting.Key.StartsWith("TestNode:", StringComparison.Ordinal) ? setting.Key : $"VideoPipeline:{setting.Key}", setting => setting.Value));
        try
        {
            await Eventually.TrueAsync(
                () => node._process.HasExited
                    ? throw new InvalidOperationException($"The node ended with {node._process.ExitCode}:\n{node.Output}")
                    : node._output.Contains("started"),
                "the node starts",
                TimeSpan.FromSeconds(60));
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and the end of the process.</summary>
    public async Task StopAsync()
    {
        UnixSignal.Send(_process.Id, UnixSignal.Terminate);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>SIGSTOP: it stays where it is, in the middle of whatever it does, with its connections open.</summary>
    public void Freeze() => UnixSignal.Send(_process.Id, UnixSignal.Stop);

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => UnixSignal.Send(_process.Id, UnixSignal.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
