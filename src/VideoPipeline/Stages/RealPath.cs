namespace VideoPipeline.Stages;

/// <summary>Where a path leads once every symbolic link on the way is followed.</summary>
internal static class RealPath
{
    // As the kernel's limit (MAXSYMLINKS).
    private const int MaxLinks = 40;

    /// <summary>Null when the file isn't there, or its links go in circles.</summary>
    public static string? Of(string path)
    {
        var links = 0;
        return Resolve(Path.GetFullPath(path), ref links);
    }

    /// <summary>True when a path without links lies in a folder without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? Resolve(string path, ref int links)
    {
        var root = Path.GetPathRoot(path)!;
        var resolved = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            FileSystemInfo entry = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
            if (!entry.Exists)
            {
                return null;
            }

            if (entry.LinkTarget is not { } target)
            {
                continue;
            }

            if (++links > MaxLinks || Resolve(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), ref links) is not { } real)
            {
                return null;
            }

            resolved = real;
        }

        return resolved;
    }
}
