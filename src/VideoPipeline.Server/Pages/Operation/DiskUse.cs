namespace VideoPipeline.Server.Pages.Operation;

/// <summary>How full a disk is, in bytes.</summary>
internal sealed record DiskUse(long Free, long Total)
{
    public double UsedPercent => Total == 0 ? 0 : 100.0 * (Total - Free) / Total;

    /// <param name="folder">A folder on the disk; null is returned when it can't be asked.</param>
    public static DiskUse? Of(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return new(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
