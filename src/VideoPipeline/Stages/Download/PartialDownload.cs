using System.Text.Json;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.Download;

/// <summary>
/// A file that is being fetched, and what is known of its origin. It outlives the attempt and the process, so that the next
/// attempt continues it. Open for one worker at a time: a late one can't write into what another continues.
/// </summary>
internal sealed class PartialDownload : IAsyncDisposable
{
    private readonly string _description;

    private PartialDownload(string path, FileStream stream)
    {
        Path = path;
        _description = System.IO.Path.ChangeExtension(path, ".json");
        Stream = stream;
    }

    public string Path { get; }

    public FileStream Stream { get; }

    public static string FileName(long videoId) => $"{videoId}.part";

    /// <exception cref="TransientFailureException">Another worker has it open.</exception>
    public static PartialDownload Open(string folder, long videoId)
    {
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, FileName(videoId));
        try
        {
            return new(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true));
        }
        catch (IOException exception) when (!FullDisk.Is(exception))
        {
            throw new TransientFailureException("Another worker is still writing this download.", exception);
        }
    }

    /// <summary>Null when there is no description, or none that can be read: then the bytes that are there are of no use.</summary>
    public RemoteFile? Describe()
    {
        try
        {
            return File.Exists(_description) ? JsonSerializer.Deserialize<RemoteFile>(File.ReadAllText(_description)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Empties the file for another one, of this description. The old bytes go first: a crash in between leaves an empty
    /// file under the old description, never old bytes under the new one.
    /// </summary>
    public void StartOver(RemoteFile remote)
    {
        Stream.SetLength(0);
        Stream.Flush(flushToDisk: true);
        var temporary = _description + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(remote));
        DurableFile.Rename(temporary, _description);
    }

    /// <summary>Throws the bytes and the description away.</summary>
    public void Discard()
    {
        Stream.SetLength(0);
        File.Delete(_description);
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    /// <summary>Removes one that was last written before this time, unless a worker has it open.</summary>
    public static void RemoveOld(string path, DateTimeOffset writtenBefore)
    {
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete);
            if (File.GetLastWriteTimeUtc(path) < writtenBefore.UtcDateTime)
            {
                Remove(path);
            }
        }
        catch (IOException)
        {
            // It is being continued, or gone.
        }
    }

    /// <summary>Once the file is in the store or is known to be of no use.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        File.Delete(System.IO.Path.ChangeExtension(path, ".json"));
    }
}
