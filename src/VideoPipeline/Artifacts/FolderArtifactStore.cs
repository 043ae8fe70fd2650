namespace VideoPipeline.Artifacts;

/// <summary>
/// Stored files below <see cref="PipelineFolders.Artifacts"/>. A file is there completely or not at all, whenever the process
/// or the machine dies; it is replaced as a whole.
/// </summary>
public sealed class FolderArtifactStore(PipelineFolders folders)
{
    private string TemporaryFolder => Path.Combine(folders.Artifacts, ".tmp");

    /// <summary>Moves a finished file in, under this key; what the store had there before is replaced.</summary>
    /// <param name="known">The file's digest, if the caller has it and nobody can have written the file since.</param>
    /// <exception cref="OperationCanceledException">The store is as it was.</exception>
    public async Task<FileDigest> MoveInAsync(string file, string key, CancellationToken cancellationToken, FileDigest? known = null)
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
        if (!await HasAsync(otherKey, digest, cancellationToken))
        {
            return;
        }

        // Under a temporary name first: a crash leaves that, which the next start removes, and the key has its file throughout.
        Directory.CreateDirectory(TemporaryFolder);
        var temporary = Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
        if (DurableFile.TryLink(LocalPath(otherKey), temporary))
        {
            cancellationToken.ThrowIfCancellationRequested();
            DurableFile.Rename(temporary, LocalPath(key));
        }
    }

    /// <summary>Where the file is on this machine, for programs that read files. It need not exist.</summary>
    public string LocalPath(string key)
    {
        if (!ArtifactKey.IsValid(key))
        {
            throw new ArgumentException($"'{key}' is no artifact key.", nameof(key));
        }

        return Path.Combine(folders.Artifacts, key);
    }

    /// <exception cref="FileNotFoundException">Nothing is stored under this key.</exception>
    public Stream OpenRead(string key) =>
        new FileStream(LocalPath(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);

    /// <summary>True when what is stored under the key has this size and hash; reads the file.</summary>
    public Task<bool> HasAsync(string key, FileDigest digest, CancellationToken cancellationToken) =>
        DurableFile.HasContentAsync(LocalPath(key), digest, cancellationToken);

    /// <summary>For the start, before any stage runs: what a killed process was moving in when it died.</summary>
    public void RemoveTemporaryFiles() => PipelineFolders.Remove(TemporaryFolder);
}
