using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Download;

/// <summary>
/// Keeps downloads and transforms from filling the disk: they wait before they start, not fail in the middle. What one of
/// them is still going to write is held for it, so that several at once don't all count on the same room. The room held is
/// this process's knowledge: it is gone with the process, and so is what it was held for.
/// </summary>
public sealed class DiskSpace(IOptions<DownloadOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _held;

    /// <summary>Holds room for a file.</summary>
    /// <param name="folder">An existing one on the disk in question, which is the data folder's.</param>
    /// <param name="bytes">How much is going to be written; 0 when unknown.</param>
    /// <exception cref="SnoozeException">It doesn't fit now.</exception>
    public DiskReservation Reserve(string folder, long bytes)
    {
        Hold(folder, bytes);
        return new(this, folder, bytes);
    }

    internal void Hold(string folder, long bytes)
    {
        lock (_gate)
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            var needed = bytes + options.Value.MinimumFreeBytes;
            if (free - _held < needed)
            {
                throw FullDisk.Snooze(
                    FormattableString.Invariant($"The disk is too full: {free / 1e9:0.0} GB are free, {needed / 1e9:0.0} GB are needed")
                        + (_held > 0 ? FormattableString.Invariant($" besides {_held / 1e9:0.0} GB for what is being written.") : "."),
                    time.GetUtcNow());
            }

            _held += bytes;
        }
    }

    internal void Release(long bytes)
    {
        lock (_gate)
        {
            _held -= bytes;
        }
    }
}

/// <summary>Room on the disk that is held for one job, until it is used or given back. For one thread at a time.</summary>
public sealed class DiskReservation : IDisposable
{
    // When nobody knows how much there will be.
    private const long Step = 64L * 1024 * 1024;

    private readonly DiskSpace _disk;
    private readonly string _folder;
    private long _left;

    internal DiskReservation(DiskSpace disk, string folder, long bytes)
    {
        _disk = disk;
        _folder = folder;
        _left = bytes;
    }

    /// <summary>Makes sure that there is room for so much more.</summary>
    /// <exception cref="SnoozeException">There is none.</exception>
    public void Cover(long bytes)
    {
        if (bytes > _left)
        {
            var more = Math.Max(bytes - _left, Step);
            _disk.Hold(_folder, more);
            _left += more;
        }
    }

    /// <summary>So much has been written: it is missing from the free space now, and needn't be held any more.</summary>
    public void Used(long bytes)
    {
        var used = Math.Min(bytes, _left);
        _disk.Release(used);
        _left -= used;
    }

    public void Dispose()
    {
        _disk.Release(_left);
        _left = 0;
    }
}
