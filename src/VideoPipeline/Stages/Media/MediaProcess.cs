using System.ComponentModel;
using System.Diagnostics;

namespace VideoPipeline.Stages.Media;

/// <param name="Errors">The last lines that it wrote to its standard error.</param>
internal sealed record MediaProcessResult(int ExitCode, IReadOnlyList<string> Errors);

/// <summary>
/// Runs ffmpeg, ffprobe or yt-dlp as a child process. FFMpegCore builds the command lines but doesn't run them: its
/// 6.0.0 misses a cancellation that comes while the process is being started (the program then runs to its end; measured),
/// and keeps everything that the program ever writes in memory.
/// </summary>
internal static class MediaProcess
{
    // A broken file can make ffmpeg write a line per frame for hours; the end says why it stopped.
    private const int ErrorLines = 40;

    /// <param name="arguments">A command line, quoted where needed.</param>
    /// <param name="onOutput">Takes each line of the standard output.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the process is dead when this is thrown.</exception>
    /// <exception cref="TransientFailureException">The program can't be started.</exception>
    public static Task<MediaProcessResult> RunAsync(
        string program, string arguments, Action<string> onOutput, CancellationToken cancellationToken) => RunAsync(
            new ProcessStartInfo(program, arguments),
            "install ffmpeg, or set VideoPipeline__Ffmpeg__BinaryFolder to the folder that has it",
            output => ReadLinesAsync(output, onOutput),
            cancellationToken);

    /// <param name="ifMissing">What to do when the program can't be started.</param>
    /// <param name="readOutput">Reads the standard output to its end. What it throws ends the process, and leaves.</param>
    /// <inheritdoc cref="RunAsync(string, string, Action{string}, CancellationToken)"/>
    public static async Task<MediaProcessResult> RunAsync(
        ProcessStartInfo start, string ifMissing, Func<StreamReader, Task> readOutput, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        var errors = new Queue<string>(ErrorLines);
        using var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                if (errors.Count == ErrorLines)
                {
                    errors.Dequeue();
                }

                errors.Enqueue(line.Data);
            }
        };

        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new TransientFailureException($"{start.FileName} could not be started: {ifMissing}.", exception);
        }

        // Registered after the start: a token that was cancelled meanwhile runs it at once. A process of ours that dies from
        // here on leaves the child behind; LeftoverWork ends it at the next start.
        await using var onCancel = cancellationToken.Register(() => Kill(process));
        process.StandardInput.Close();
        process.BeginErrorReadLine();
        try
        {
            await readOutput(process.StandardOutput);
        }
        catch
        {
            Kill(process);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        // Not cancellable: it is killed on cancellation, and its files are removed only once it can't write any more.
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new(process.ExitCode, [.. errors]);
    }

    private static async Task ReadLinesAsync(StreamReader output, Action<string> onOutput)
    {
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            onOutput(line);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }
}
