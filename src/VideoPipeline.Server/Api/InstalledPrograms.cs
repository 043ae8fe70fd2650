using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace VideoPipeline.Server.Api;

/// <summary>Which versions of the programs are installed that the stages call.</summary>
internal sealed class InstalledPrograms(TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // What was found stays found: probes come every few seconds, and a process each would cost more than the rest of them.
    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);

    /// <summary>The first line that the program prints with -version; null when it isn't there or doesn't run.</summary>
    public async Task<string?> FindVersionAsync(string name, CancellationToken cancellationToken)
    {
        if (_versions.TryGetValue(name, out var known))
        {
            return known;
        }

        try
        {
            using var timeout = new CancellationTokenSource(Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var process = Process.Start(
                new ProcessStartInfo(name, "-version") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await errors;
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 && output.Split('\n')[0].Trim() is { Length: > 0 } version ? _versions[name] = version : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
