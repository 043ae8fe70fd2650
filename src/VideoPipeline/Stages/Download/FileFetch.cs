using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.Download;

/// <summary>Copies a file out of a watched folder.</summary>
public sealed class FileFetch(DiskSpace disk, IOptions<DownloadOptions> options)
{
    /// <param name="path">Absolute; must lie in the channel's folder, wherever its links lead.</param>
    /// <param name="target">Where to; its folder exists.</param>
    /// <returns>What was copied.</returns>
    /// <exception cref="StageException">The file is not there, not allowed, or still being written.</exception>
    public async Task<FileDigest> CopyAsync(
        string path, string channelFolder, string target, Action<double> reportPercent, CancellationToken cancellationToken)
    {
        if (RealPath.OfExisting(channelFolder) is not { } folder)
        {
            throw new TransientFailureException($"The folder {channelFolder} is not there. Is its disk or network share mounted?");
        }

        if (RealPath.OfExisting(path) is not { } real || !File.Exists(real))
        {
            throw new PermanentFailureException($"{path} is not there any more.");
        }

        if (!RealPath.IsWithin(real, folder))
        {
            throw new PermanentFailureException($"{path} does not lie in the channel's folder {channelFolder}.");
        }

        var before = new FileInfo(real);
        RefuseAbove(path, before.Length);
        using var room = disk.Reserve(Path.GetDirectoryName(target)!, before.Length);
        var seen = 0L;
        var copied = await DurableFile.CopyAsync(
            real, target, OnCopied, cancellationToken);
        var after = new FileInfo(real);
        if (!after.Exists || after.Length != copied.SizeBytes || after.Length != before.Length || after.LastWriteTimeUtc != before.LastWriteTimeUtc)
        {
            throw new TransientFailureException($"{path} was being written while it was copied.");
        }

        return copied;

        void OnCopied(long bytes)
        {
            // A file that grows while it is copied must not grow past the room, nor past the limit.
            RefuseAbove(path, bytes);
            room.Cover(bytes - seen);
            room.Used(bytes - seen);
            seen = bytes;
            reportPercent(Math.Min(100, 100.0 * bytes / Math.Max(1, before.Length)));
        }
    }

    private void RefuseAbove(string path, long bytes)
    {
        if (bytes > options.Value.MaxSizeBytes)
        {
            throw new PermanentFailureException(
                $"{path} is larger than {options.Value.MaxSizeBytes} bytes, the limit of VideoPipeline__Download__MaxSizeBytes.");
        }
    }
}
