using Microsoft.Extensions.Options;
using VideoPipeline.Jobs;

namespace VideoPipeline;

/// <summary>The data folder's parts, as absolute paths, and the lock that says whose they are.</summary>
public sealed class PipelineFolders : IDisposable
{
    private FileStream? _lock;

    public PipelineFolders(IOptions<PipelineOptions> options) => Data = Path.GetFullPath(options.Value.DataDirectory);

    public string Data { get; }

    public string DatabaseFile => Path.Combine(Data, "pipeline.db");

    /// <summary>What attempts write before it is finished; nothing in it outlives the process but partial downloads.</summary>
    public string Work => Path.Combine(Data, "work");

    /// <summary>Partial downloads, which a later attempt continues.</summary>
    public string PartialDownloads => Path.Combine(Work, "downloads");

    public string Artifacts => Path.Combine(Data, "artifacts");

    public string Published => Path.Combine(Data, "published");

    /// <summary>Of one attempt: the token makes it unlike that of any other attempt, so a late worker disturbs nobody.</summary>
    public string WorkFolderOf(VideoProcessingJob claimed) => Path.Combine(Work, $"job-{claimed.Id}-{claimed.LeaseToken:N}");

    /// <summary>
    /// Makes the data folder and takes it for this process until it ends, however it ends: the operating system drops the
    /// lock with the process.
    /// </summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    public void Own()
    {
        Directory.CreateDirectory(Data);
        try
        {
            _lock = new FileStream(Path.Combine(Data, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DataFolderInUseException(Data, exception);
        }
    }

    /// <summary>Removes a folder and all in it, if it is there; a leftover that can't be removed now goes at the next start.</summary>
    public static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process that was killed a moment ago may still be writing.
        }
    }

    /// <summary>Removes those of the files that were last written before this time.</summary>
    public static void RemoveFiles(IEnumerable<string> files, DateTimeOffset writtenBefore)
    {
        foreach (var file in files.Where(file => File.GetLastWriteTimeUtc(file) < writtenBefore.UtcDateTime))
        {
            File.Delete(file);
        }
    }

    public void Dispose() => _lock?.Dispose();
}

/// <summary>Two processes must not share a data folder: each would take the other's work for leftovers.</summary>
public sealed class DataFolderInUseException(string folder, Exception inner)
    : Exception($"The data folder {folder} is in use by another VideoPipeline process. Stop that one, or set VideoPipeline__DataDirectory to another folder.", inner);
