namespace VideoPipeline.Artifacts;

/// <summary>
/// Stored files by their <see cref="ArtifactKey"/>. A file is there completely or not at all, whenever the process, the
/// machine or the network dies; it is replaced as a whole. A store that is elsewhere throws <see cref="Stages.StageException"/>s
/// that say whether trying again makes sense.
/// </summary>
public interface IArtifactStore
{
    /// <summary>
    /// Moves a finished file in, under this key; what the store had there before is replaced. The same content under the same
    /// key is not stored again.
    /// </summary>
    /// <param name="file">Gone afterwards.</param>
    /// <param name="known">The file's digest, if the caller has it and nobody can have written the file since.</param>
    /// <param name="reportPercent">Takes what is stored so far, where that takes its time.</param>
    /// <exception cref="OperationCanceledException">The store is as it was.</exception>
    Task<FileDigest> MoveInAsync(
        string file, string key, CancellationToken cancellationToken, FileDigest? known = null, Action<double>? reportPercent = null);

    /// <summary>
    /// The path of a file on this machine with what is stored under the key, for programs that read files; null when nothing
    /// is. Others may use it too: it must not be changed.
    /// </summary>
    /// <param name="expected">What its row says of it.</param>
    /// <param name="workFolder">Of the attempt; a store that is elsewhere puts its copy there.</param>
    /// <exception cref="Stages.PermanentFailureException">Something else is stored there, as far as that is seen without reading all of it.</exception>
    /// <exception cref="Stages.SnoozeException">The disk has no room for it.</exception>
    Task<string?> FindFileAsync(string key, FileDigest expected, string workFolder, CancellationToken cancellationToken);

    /// <summary>Streams what is stored from this byte on.</summary>
    /// <exception cref="FileNotFoundException">Nothing is stored under this key.</exception>
    Task<Stream> OpenReadAsync(string key, long offset, CancellationToken cancellationToken);

    /// <summary>True when what is stored under the key has this size and hash.</summary>
    Task<bool> HasAsync(string key, FileDigest digest, CancellationToken cancellationToken);

    /// <summary>Where a client gets it from. Asks nobody whether it is there.</summary>
    /// <param name="method">GET or HEAD.</param>
    Task<ArtifactLocation> LocateAsync(string key, HttpMethod method);

    /// <summary>Looks whether the store can be used.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="Exception">It can't be used; the message says why.</exception>
    Task<string> CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes what is stored under a key share its room with the same content under another one, where the store can do so;
    /// otherwise nothing.
    /// </summary>
    /// <param name="digest">Of what is stored under <paramref name="key"/>.</param>
    Task ShareAsync(string key, string otherKey, FileDigest digest, CancellationToken cancellationToken);
}

/// <summary>Where a client gets a stored file from.</summary>
public abstract record ArtifactLocation
{
    private ArtifactLocation()
    {
    }

    /// <summary>From us.</summary>
    /// <param name="Path">Of a file on this machine, which need not exist.</param>
    public sealed record LocalFile(string Path) : ArtifactLocation;

    /// <summary>From the store itself.</summary>
    /// <param name="Uri">Lets whoever has it read this one file for a while. A secret as long as it is valid.</param>
    public sealed record TemporaryLink(Uri Uri) : ArtifactLocation;
}
