using System.ComponentModel;
using System.Diagnostics;

namespace VideoPipeline.Stages.Media;

/// <param name="Errors">The last lines that it wrote to its standard error.</param>
internal sealed record MediaProcessResult(int ExitCode, IReadOnlyList<string> Errors);

/// <summary>
/// Runs ffmpeg or ffprobe as a child process. FFMpegCore builds the command lines but doesn't run them: its
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
    public static async Task<MediaProcessResult> RunAsync(
        string program, string arguments, Action<string> onOutput, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var errors = new Queue<string>(ErrorLines);
        using var process = new Process
        {
            StartInfo = new(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                onOutput(line.Data);
            }
        };
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
            throw new TransientFailureException(
                $"{program} could not be started: install ffmpeg, or set VideoPipeline__Ffmpeg__BinaryFolder to the folder that has it.", exception);
        }

        // Registered after the start: a token that was cancelled meanwhile runs it at once. A process of ours that dies from
        // here on leaves the child behind; LeftoverWork ends it at the next start.
        await using var onCancel = cancellationToken.Register(() => Kill(process));
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        // Not cancellable: it is killed on cancellation, and its files are removed only once it can't write any more.
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new(process.ExitCode, [.. errors]);
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
