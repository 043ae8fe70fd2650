using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using VideoPipeline.IntegrationTests.Storages;

namespace VideoPipeline.IntegrationTests;

/// <summary>
/// The real service in a process of its own, on a free port of the loopback interface: what a client and an operator see,
/// and what a crash leaves behind.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "VideoPipeline.Server.dll");
    private static readonly string Dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private ServerProcess(string dataDirectory, IReadOnlyDictionary<string, string>? settings)
    {
        DataDirectory = dataDirectory;
        var start = new ProcessStartInfo(Dotnet, [Program])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["VideoPipeline__DataDirectory"] = dataDirectory;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__Console__FormatterName"] = "simple";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string DataDirectory { get; }

    public int Id => _process.Id;

    /// <summary>What it has written so far, to either stream.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Speaks to the service; only once it has started.</summary>
    public HttpClient HttpClient { get; } = new();

    /// <summary>
    /// Starts the service and waits until it answers. A new data folder on SQLite gets a database that has been made already:
    /// that the service makes it is tested where it is published, served and quickly started.
    /// </summary>
    /// <param name="settings">Environment variables; null or none for the defaults with a free port.</param>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, IReadOnlyDictionary<string, string>? settings = null)
    {
        if (settings?.ContainsKey("VideoPipeline__Storage__Mode") != true)
        {
            await EmptyDatabase.PutIntoAsync(dataDirectory);
        }

        var server = new ServerProcess(dataDirectory, settings);
        try
        {
            var address = await Eventually.ValueAsync(
                () => server._process.HasExited
                    ? throw new InvalidOperationException($"The service ended with {server._process.ExitCode}:\n{server.Output}")
                    : Task.FromResult(Listening().Match(server.Output) is { Success: true } match ? match.Groups["url"].Value : null),
                "the service listens");
            server.HttpClient.BaseAddress = new Uri(address);
            using var live = await server.HttpClient.GetAsync("/health/live");
            live.EnsureSuccessStatusCode();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a service that is expected to refuse to.</summary>
    /// <returns>Its exit code and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(string dataDirectory, IReadOnlyDictionary<string, string> settings)
    {
        await using var server = new ServerProcess(dataDirectory, settings);
        return (await server.WaitForExitAsync(), server.Output);
    }

    /// <summary>SIGKILL: it has no chance to tidy up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        UnixSignal.Send(_process.Id, UnixSignal.Terminate);
        return WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        HttpClient.Dispose();
        if (!_process.HasExited)
        {
            Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);

        // Also waits for the end of its output.
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    [GeneratedRegex("Now listening on: (?<url>http://\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
