using VideoPipeline.Catalog;

namespace VideoPipeline.Stages.Scrape;

/// <param name="ExternalId">The path below the folder, with <c>/</c>.</param>
/// <param name="Path">Absolute.</param>
/// <param name="ModifiedAt">When it was last written.</param>
public sealed record SourceFile(string ExternalId, string Path, long SizeBytes, DateTimeOffset ModifiedAt)
{
    public string Title => System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>The videos and sound files in a watched folder and the folders below it.</summary>
public sealed class FolderSource(TimeProvider time) : IVideoSource
{
    // A copy that is under way writes at least this often, and shows it within the second look's distance: programs that copy
    // over a slow line write every second or two.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(3);

    private static readonly HashSet<string> VideoExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ogv", ".ogg", ".mpg", ".mpeg", ".m2v", ".vob", ".ts", ".m2ts", ".mts",
        ".wmv", ".asf", ".flv", ".f4v", ".3gp", ".3g2", ".mxf", ".dv",
    };

    private static readonly HashSet<string> SoundExtensions = new(StringComparer.OrdinalIgnoreCase) { ".mp3", ".m4a", ".aac", ".flac", ".wav", ".opus" };

    private static readonly EnumerationOptions Everything = new()
    {
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.System,
        ReturnSpecialDirectories = false,
    };

    public SourceKind Kind => SourceKind.Folder;

    public async Task<SourceListing> ListAsync(Channel channel, CancellationToken cancellationToken) =>
        new([.. (await ListAsync(channel.SourceUrl, cancellationToken)).Select(file => new SourceVideo
        {
            ExternalId = file.ExternalId,
            Url = file.Path,
            Title = VideoTitle.InOneLine(file.Title),
            PublishedAt = file.ModifiedAt,
        })]);

    /// <summary>True for the name of a file that is a video by its extension and not hidden.</summary>
    public static bool IsVideo(ReadOnlySpan<char> name) => Has(name, VideoExtensions);

    /// <summary>The same for files of sound alone, which some profiles take.</summary>
    public static bool IsSound(ReadOnlySpan<char> name) => Has(name, SoundExtensions);

    /// <summary>
    /// All files that are complete, as far as one can see from outside. Files that are still being written and hidden ones are
    /// left out, and so is what links lead to outside of the folder. An empty file that stays so is listed: its download says
    /// what is wrong with it.
    /// </summary>
    /// <param name="folder">Absolute.</param>
    /// <exception cref="TransientFailureException">The folder isn't there.</exception>
    public async Task<IReadOnlyList<SourceFile>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        if (RealPath.OfExisting(folder) is not { } root || !Directory.Exists(root))
        {
            // A disk or a share that isn't mounted now may be later; retries and the channel's next scrapes will see.
            throw new TransientFailureException($"The folder {folder} is not there. Is its disk or network share mounted?");
        }

        var found = new List<SourceFile>();
        Walk(root, "", root, found, cancellationToken);

        // Between now and the second look a copy that is under way grows; one that has only just ended doesn't.
        var now = time.GetUtcNow();
        var recent = found.Where(file => now - file.ModifiedAt < Settled).ToHashSet();
        if (recent.Count > 0)
        {
            await Task.Delay(SecondLook, time, cancellationToken);
            found.RemoveAll(file => recent.Contains(file) && !IsUnchanged(file));
        }

        return found;
    }

    private static bool Has(ReadOnlySpan<char> name, HashSet<string> extensions) =>
        name.Length > 0 && name[0] != '.' && extensions.Contains(Path.GetExtension(name).ToString());

    private static void Walk(string folder, string prefix, string root, List<SourceFile> found, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
        {
            if (entry.Name[0] == '.')
            {
                continue;
            }

            if (entry is DirectoryInfo)
            {
                // Folders behind links are not entered: they lead outside, or in circles, or to what is listed anyway.
                if (entry.LinkTarget is null)
                {
                    Walk(entry.FullName, $"{prefix}{entry.Name}/", root, found, cancellationToken);
                }
            }
            else if ((IsVideo(entry.Name) || IsSound(entry.Name)) && Describe((FileInfo)entry, prefix, root) is { } file)
            {
                found.Add(file);
            }
        }
    }

    private static SourceFile? Describe(FileInfo entry, string prefix, string root)
    {
        var file = entry;
        if (entry.LinkTarget is not null)
        {
            if (RealPath.OfExisting(entry.FullName) is not { } real || !RealPath.IsWithin(real, root))
            {
                return null;
            }

            file = new(real);
        }

        return file.Exists ? new(prefix + entry.Name, entry.FullName, file.Length, ModifiedAt(file)) : null;
    }

    private static bool IsUnchanged(SourceFile seen)
    {
        var file = new FileInfo(RealPath.OfExisting(seen.Path) ?? seen.Path);
        return file.Exists && file.Length == seen.SizeBytes && ModifiedAt(file) == seen.ModifiedAt;
    }

    private static DateTimeOffset ModifiedAt(FileInfo file) => new(file.LastWriteTimeUtc, TimeSpan.Zero);
}
