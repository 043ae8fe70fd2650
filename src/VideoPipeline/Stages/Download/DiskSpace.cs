using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Download;

/// <summary>Keeps downloads from filling the disk: they wait before they start, not fail in the middle.</summary>
public sealed class DiskSpace(IOptions<DownloadOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

    /// <param name="folder">An existing one on the disk in question.</param>
    /// <param name="bytes">How much is going to be written; 0 when unknown.</param>
    /// <exception cref="SnoozeException">It doesn't fit now.</exception>
    public void Demand(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var needed = bytes + options.Value.MinimumFreeBytes;
        if (free < needed)
        {
            throw new SnoozeException(
                FormattableString.Invariant($"The disk is too full: {free / 1e9:0.0} GB are free, {needed / 1e9:0.0} GB are needed."),
                time.GetUtcNow() + Wait);
        }
    }
}
