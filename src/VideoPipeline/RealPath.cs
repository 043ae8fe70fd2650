namespace VideoPipeline;

/// <summary>Where a path leads once every symbolic link in it is followed.</summary>
public static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The absolute path without links and dots. What doesn't exist is taken as it is written.</summary>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string Of(string path)
    {
        var pending = new Stack<string>(Parts(Path.GetFullPath(path)));
        var resolved = Path.GetPathRoot(Path.GetFullPath(path))!;
        var links = 0;
        while (pending.TryPop(out var part))
        {
            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"Too many symbolic links in {path}.");
            }

            // The target may have links of its own: start again from its root.
            var full = Path.GetFullPath(target, resolved);
            resolved = Path.GetPathRoot(full)!;
            foreach (var targetPart in Parts(full))
            {
                pending.Push(targetPart);
            }
        }

        return resolved;
    }

    /// <summary>The same for a path that is there; null when it isn't, or when its links go round in a circle.</summary>
    public static string? OfExisting(string path)
    {
        try
        {
            var real = Of(path);
            return Path.Exists(real) ? real : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether the path is the folder or lies below it; both without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The absolute path that was given as such or as a file: URL; null when it is neither.</summary>
    public static string? FromPathOrFileUrl(string given)
    {
        if (given.Contains('\0'))
        {
            return null;
        }

        if (!given.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return Path.IsPathFullyQualified(given) ? given : null;
        }

        return Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri is { IsFile: true, IsUnc: false } && !uri.LocalPath.Contains('\0')
            ? uri.LocalPath
            : null;
    }

    // Last part first, as they are pushed.
    private static IEnumerable<string> Parts(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();
}
