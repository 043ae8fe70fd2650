namespace VideoPipeline.Artifacts;

/// <summary>
/// Stored files below <see cref="PipelineFolders.Artifacts"/>. A file is there completely or not at all, whenever the process
/// or the machine dies; it is replaced as a whole.
/// </summary>
public sealed class FolderArtifactStore(PipelineFolders folders) : IArtifactStore
{
    private string TemporaryFolder => Path.Combine(folders.Artifacts, ".tmp");

    public async Task<FileDigest> MoveInAsync(
        string file, string key, CancellationToken cancellationToken, FileDigest? known = null, Action<double>? reportPercent = null)
    {
        var final = LocalPath(key);
        Directory.CreateDirectory(TemporaryFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(final)!);

        // First to a name of its own: from here on nobody else can write the file, not even a late worker that still has a
        // handle on the path it came from. In the same file system this is a rename, otherwise it copies. A crash here leaves
        // a temporary file, which the next start removes; the stage runs again.
        var temporary = Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(file, temporary);
            var digest = known ?? await DurableFile.DigestAsync(temporary, cancellationToken);

            // The last look: a worker that has lost its job must not replace the file of the one that took it.
            cancellationToken.ThrowIfCancellationRequested();
            DurableFile.Rename(temporary, final);
            return digest;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Makes what is stored under a key share its room with the same content under another one. Stored files are replaced and
    /// never written to, so neither key notices. Does nothing where that can't be: other content, a file system without links.
    /// </summary>
    /// <param name="digest">Of what is stored under <paramref name="key"/>.</param>
    public async Task ShareAsync(string key, string otherKey, FileDigest digest, CancellationToken cancellationToken)
    {
        // Under a temporary name first: a crash leaves that, which the next start removes, and the key has its file throughout.
        // What the other key has may be replaced at any time; what is linked is what is read and what is kept.
        Directory.CreateDirectory(TemporaryFolder);
        var temporary = Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
        try
        {
            if (DurableFile.TryLink(LocalPath(otherKey), temporary) && await DurableFile.HasContentAsync(temporary, digest, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                DurableFile.Rename(temporary, LocalPath(key));
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The stored file itself. Of what it should be only its size is looked at: the file isn't read once more for that.</summary>
    public Task<string?> FindFileAsync(string key, FileDigest expected, string workFolder, CancellationToken cancellationToken)
    {
        var file = new FileInfo(LocalPath(key));
        return !file.Exists || file.Length == expected.SizeBytes
            ? Task.FromResult(file.Exists ? file.FullName : null)
            : throw UnexpectedArtifact.Failure(key);
    }

    /// <summary>Where the file is on this machine. It need not exist.</summary>
    public string LocalPath(string key)
    {
        if (!ArtifactKey.IsValid(key))
        {
            throw new ArgumentException($"'{key}' is no artifact key.", nameof(key));
        }

        return Path.Combine(folders.Artifacts, key);
    }

    public Task<Stream> OpenReadAsync(string key, long offset, CancellationToken cancellationToken)
    {
        var path = LocalPath(key);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{key} is not in the store.", path);
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);
        file.Position = offset;
        return Task.FromResult<Stream>(file);
    }

    /// <summary>Reads the file.</summary>
    public Task<bool> HasAsync(string key, FileDigest digest, CancellationToken cancellationToken) =>
        DurableFile.HasContentAsync(LocalPath(key), digest, cancellationToken);

    public Task<ArtifactLocation> LocateAsync(string key, HttpMethod method) =>
        Task.FromResult<ArtifactLocation>(new ArtifactLocation.LocalFile(LocalPath(key)));

    public Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        // What is there is looked at, and what isn't can be made: of a folder that isn't the operator's, either fails.
        Directory.CreateDirectory(folders.Artifacts);
        using var entries = Directory.EnumerateFileSystemEntries(folders.Artifacts).GetEnumerator();
        entries.MoveNext();
        return Task.FromResult($"{folders.Artifacts} can be read.");
    }

    /// <summary>For the start: what killed processes were moving in when they died.</summary>
    /// <param name="writtenBefore">Later files may be those of another node that shares the folder.</param>
    public void RemoveTemporaryFiles(DateTimeOffset writtenBefore)
    {
        if (Directory.Exists(TemporaryFolder))
        {
            PipelineFolders.RemoveFiles(Directory.EnumerateFiles(TemporaryFolder), writtenBefore);
        }
    }
}
