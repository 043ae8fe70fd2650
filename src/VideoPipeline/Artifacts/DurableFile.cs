using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace VideoPipeline.Artifacts;

/// <summary>What a file is: enough to tell whether another one has the same content.</summary>
/// <param name="Sha256">In lower case hexadecimal.</param>
public readonly record struct FileDigest(long SizeBytes, string Sha256);

/// <summary>Files that are complete whenever they can be seen, and still there after a power cut.</summary>
internal static class DurableFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Reads the file once.</summary>
    public static async Task<FileDigest> DigestAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = OpenRead(path);
        return await DigestAsync(file, cancellationToken);
    }

    /// <summary>Reads the file once, from where it is to its end, which must be all of it.</summary>
    public static async Task<FileDigest> DigestAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = await HashAsync(file, hash, (_, _) => ValueTask.CompletedTask, cancellationToken);
        return new(length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>True when the file is there with this size and this hash.</summary>
    public static async Task<bool> HasContentAsync(string path, FileDigest expected, CancellationToken cancellationToken)
    {
        // The size is looked at first: it costs nothing, and most files that differ differ in it.
        var file = new FileInfo(path);
        return file.Exists && file.Length == expected.SizeBytes && await DigestAsync(path, cancellationToken) == expected;
    }

    /// <summary>Copies into a file that the caller alone writes, hashing on the way, and makes it durable under its temporary name.</summary>
    /// <param name="onCopied">Takes the bytes copied so far.</param>
    /// <exception cref="IOException">The target is open elsewhere: another, late worker is writing it.</exception>
    public static async Task<FileDigest> CopyAsync(
        string source, string temporary, Action<long>? onCopied, CancellationToken cancellationToken)
    {
        await using var from = OpenRead(source);
        await using var to = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var copied = await HashAsync(
            from,
            hash,
            async (piece, after) =>
            {
                await to.WriteAsync(piece, cancellationToken);
                onCopied?.Invoke(after);
            },
            cancellationToken);
        to.Flush(flushToDisk: true);
        return new(copied, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Reads to the end, hashing. Large files and many of them leave no garbage behind.</summary>
    /// <param name="onPiece">Takes each piece, and how many bytes have been read with it.</param>
    /// <returns>How many bytes there were.</returns>
    public static async Task<long> HashAsync(
        Stream from, IncrementalHash hash, Func<ReadOnlyMemory<byte>, long, ValueTask> onPiece, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var total = 0L;
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                total += read;
                await onPiece(buffer.AsMemory(0, read), total);
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Gives a complete file its final name, replacing what has it, atomically: both must lie in the same file system.
    /// A crash before the rename leaves the temporary file only, one after it the final file only.
    /// </summary>
    public static void Rename(string temporary, string final)
    {
        using (var file = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
        {
            // Without this a power cut could leave the new name over a file without its content.
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, final, overwrite: true);
        FlushFolder(Path.GetDirectoryName(final)!);
    }

    /// <summary>Gives a file a second name (a hard link); false where that can't be.</summary>
    public static bool TryLink(string path, string name) => !OperatingSystem.IsWindows() && Link(path, name) == 0;

    /// <summary>
    /// Makes a rename durable. Without it the row that says "stored" could survive a power cut that the name doesn't.
    /// Windows journals renames by itself and can't flush folders.
    /// </summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, flags: 0);
        if (descriptor >= 0)
        {
            // Some network file systems refuse it; nothing better can be done there.
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    /// <summary>Nobody can write the file while it is open.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    // https://pubs.opengroup.org/onlinepubs/9699919799/functions/fsync.html; 0 is O_RDONLY.
    [DllImport("libc", EntryPoint = "open", BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    // https://pubs.opengroup.org/onlinepubs/9699919799/functions/link.html
    [DllImport("libc", EntryPoint = "link", BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
