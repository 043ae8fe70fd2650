using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Database;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Publish;

namespace VideoPipeline.Stages;

/// <summary>
/// Clears up after a process that was killed. Called once at the start, after <see cref="PipelineFolders.Own"/> and the
/// migration, before the first stage runs: whatever works in this data folder then is a leftover. Stored and delivered files
/// may be in folders that nodes share: there it is one when nothing has written it for a day. Partial downloads that nobody
/// continues are removed every day, too: a service may run for months.
/// </summary>
public sealed class LeftoverWork(
    PipelineFolders folders,
    FolderArtifactStore store,
    IDbContextFactory<PipelineDbContext> contexts,
    IOptions<StorageOptions> storage,
    TimeProvider time,
    ILogger<LeftoverWork> logger) : BackgroundService
{
    // A partial download that nothing has continued for so long belongs to a job that was cancelled or has failed for good.
    private static readonly TimeSpan PartialDownloadsKept = TimeSpan.FromDays(7);
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);
    private const string FileProtocol = "file:";

    // Longer than any file takes to be stored or delivered.
    private static readonly TimeSpan SharedPartialsKept = TimeSpan.FromDays(1);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The first clearing up is part of the start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RemoveAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await KillOrphansAsync(cancellationToken);
        RemoveWork();
        var writtenBefore = storage.Value.IsShared ? time.GetUtcNow() - SharedPartialsKept : DateTimeOffset.MaxValue;
        store.RemoveTemporaryFiles(writtenBefore);
        await RemovePartialPublicationsAsync(writtenBefore, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                RemoveOldDownloads();
            }
        }
        catch (OperationCanceledException)
        {
            // The process shuts down.
        }
    }

    /// <summary>
    /// True for the command line of an ffmpeg, ffprobe or yt-dlp that this program has started on files of one of these
    /// folders. What an operator runs on them by hand lacks our list of formats, or isn't in a folder of downloads.
    /// </summary>
    /// <param name="commandLine">As <c>/proc/{pid}/cmdline</c> has it: arguments, each ended by a NUL.</param>
    internal static bool IsOrphan(string commandLine, params ReadOnlySpan<string> dataFolders)
    {
        var arguments = commandLine.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (arguments.Length == 0)
        {
            return false;
        }

        // The ffmpeg that yt-dlp starts is known by the folder of downloads alone, which nobody has business in.
        var isMediaProgram = Path.GetFileName(arguments[0]) is "ffmpeg" or "ffprobe";
        var isOurs = isMediaProgram && arguments.Contains(MediaFormats.Whitelist);
        var isDownload = isMediaProgram || IsYtDlp(arguments);
        foreach (var folder in dataFolders)
        {
            var files = arguments.Skip(1).Select(argument => argument.StartsWith(FileProtocol, StringComparison.Ordinal) ? argument[FileProtocol.Length..] : argument);
            if (files.Any(file => RealPath.IsWithin(file, folder) && (isOurs || (isDownload && file.Contains(Download.YtDlpDownload.FolderSuffix, StringComparison.Ordinal)))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By its name, which comes after that of the Python that runs it.</summary>
    private static bool IsYtDlp(string[] arguments) =>
        arguments.Take(3).Any(argument => Path.GetFileName(argument).StartsWith("yt-dlp", StringComparison.Ordinal))
        && arguments.Contains("--ignore-config");

    /// <summary>
    /// A killed service leaves its ffmpeg or yt-dlp running: it would take processor time from the job's next attempt, for an output
    /// that nobody wants. Elsewhere than on Linux it ends by itself; what it writes to is of its attempt alone.
    /// </summary>
    private async Task KillOrphansAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || !IsOrphanOfOurs(folder))
            {
                continue;
            }

            try
            {
                using var process = Process.GetProcessById(id);

                // Read again on the handle that is killed: the id could have passed to another process meanwhile.
                if (!IsOrphanOfOurs(folder))
                {
                    continue;
                }

                process.Kill();
                logger.LogWarning("Ended the {Program} process {ProcessId}, left behind by a process that was killed", process.ProcessName, id);

                // It could write once more while its folder is being removed.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(KillTimeout);
                await process.WaitForExitAsync(limit.Token);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended by itself, or is another user's.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning("Process {ProcessId} doesn't end", id);
            }
        }
    }

    private bool IsOrphanOfOurs(string processFolder)
    {
        try
        {
            return IsOrphan(File.ReadAllText(Path.Combine(processFolder, "cmdline"), Encoding.UTF8), folders.Work, folders.Artifacts);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void RemoveWork()
    {
        if (!Directory.Exists(folders.Work))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(folders.Work).Where(folder => folder != folders.PartialDownloads))
        {
            PipelineFolders.Remove(folder);
        }

        foreach (var file in Directory.EnumerateFiles(folders.Work))
        {
            File.Delete(file);
        }

        RemoveOldDownloads();
    }

    /// <summary>Those that a worker has open are left alone.</summary>
    private void RemoveOldDownloads()
    {
        if (!Directory.Exists(folders.PartialDownloads))
        {
            return;
        }

        var oldest = time.GetUtcNow() - PartialDownloadsKept;
        try
        {
            foreach (var file in Directory.EnumerateFiles(folders.PartialDownloads, "*.part"))
            {
                Download.PartialDownload.RemoveOld(file, oldest);
            }

            foreach (var folder in Directory.EnumerateDirectories(folders.PartialDownloads, "*" + Download.YtDlpDownload.FolderSuffix))
            {
                Download.YtDlpDownload.RemoveOld(folder, oldest);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Only room is lost, until the next time.
            logger.LogWarning(exception, "Could not remove old partial downloads");
        }
    }

    private async Task RemovePartialPublicationsAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        if (Directory.Exists(folders.Published))
        {
            targets.UnionWith(Directory.EnumerateDirectories(folders.Published));
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        targets.UnionWith(await db.Channels.Where(c => c.TargetPath != null).Select(c => c.TargetPath!).ToListAsync(cancellationToken));
        foreach (var folder in targets)
        {
            try
            {
                FolderDelivery.RemovePartialFiles(folder, writtenBefore);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody else's folder must not keep the service from starting; publishing will say what is wrong with it.
                logger.LogWarning(exception, "Could not clear up {Folder}", folder);
            }
        }
    }
}
