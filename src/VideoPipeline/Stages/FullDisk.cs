namespace VideoPipeline.Stages;

/// <summary>What a disk without room means for a stage: others may make room, so the job waits instead of failing.</summary>
internal static class FullDisk
{
    // ENOSPC, the same on Linux and macOS, and Windows' ERROR_DISK_FULL, as .NET passes them on.
    private const int NoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

    public static bool Is(IOException exception) => exception.HResult is NoSpace or WindowsDiskFull;

    /// <summary>The same of programs, by what they have written to their standard error.</summary>
    public static bool Is(IEnumerable<string> errors) => errors.Any(line => line.Contains("No space left on device", StringComparison.OrdinalIgnoreCase));

    /// <returns>To be thrown by the caller.</returns>
    public static SnoozeException Snooze(string message, DateTimeOffset now) => new(message, now + Wait);

    /// <summary>Does a stage's work.</summary>
    /// <exception cref="SnoozeException">The disk was full.</exception>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> work, TimeProvider time)
    {
        try
        {
            return await work();
        }
        catch (IOException exception) when (Is(exception))
        {
            throw Snooze($"The disk is full: {exception.Message}", time.GetUtcNow());
        }
    }
}
