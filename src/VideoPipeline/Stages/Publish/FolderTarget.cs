using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.Publish;

/// <summary>Delivers files into a folder: each is there completely or not at all, and what is there already isn't copied again.</summary>
public static class FolderTarget
{
    private const string PartialSuffix = ".partial";

    /// <summary>
    /// Copies the file to its final path, through a temporary name in the same folder. That name is always the same, so that
    /// a repetition writes over what a crash has left.
    /// </summary>
    /// <param name="expected">What the file must be; a copy that isn't is not delivered.</param>
    /// <returns>False when it was there already.</returns>
    /// <exception cref="PermanentFailureException">The file is not what it should be.</exception>
    /// <exception cref="TransientFailureException">Another worker is delivering the same file.</exception>
    public static async Task<bool> DeliverAsync(string file, string final, FileDigest expected, Action<double> reportPercent, CancellationToken cancellationToken)
    {
        if (await DurableFile.HasContentAsync(final, expected, cancellationToken))
        {
            File.Delete(PartialOf(final));
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(final)!);
        var partial = PartialOf(final);
        FileDigest copied;
        try
        {
            copied = await DurableFile.CopyAsync(
                file, partial, bytes => reportPercent(Math.Min(100, 100.0 * bytes / Math.Max(1, expected.SizeBytes))), cancellationToken);
        }
        catch (IOException exception) when (exception is not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new TransientFailureException($"{final} can't be written: {exception.Message}", exception);
        }

        if (copied != expected)
        {
            File.Delete(partial);
            throw new PermanentFailureException(
                $"{Path.GetFileName(file)} in the store is not the file that was put there. Run the transform again.");
        }

        // A crash here leaves the partial file; the next attempt writes over it. One after the rename leaves the delivered
        // file, which the next attempt finds.
        cancellationToken.ThrowIfCancellationRequested();
        DurableFile.Rename(partial, final);
        return true;
    }

    /// <summary>For the start: what deliveries have left that were killed.</summary>
    /// <returns>How many.</returns>
    public static int RemovePartialFiles(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        var leftovers = Directory.GetFiles(folder, $".*{PartialSuffix}", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System })
            .Where(path => IsPartial(Path.GetFileName(path))).ToList();
        leftovers.ForEach(File.Delete);
        return leftovers.Count;
    }

    /// <summary>True for names that <see cref="DeliverAsync"/> gives, and no others: the folder may have files of other programs.</summary>
    internal static bool IsPartial(string name) =>
        name.StartsWith('.') && (name.EndsWith($"].mp4{PartialSuffix}", StringComparison.Ordinal)
            || name.EndsWith($"].jpg{PartialSuffix}", StringComparison.Ordinal) || name.EndsWith($"].json{PartialSuffix}", StringComparison.Ordinal));

    private static string PartialOf(string final) =>
        Path.Combine(Path.GetDirectoryName(final)!, $".{Path.GetFileName(final)}{PartialSuffix}");
}
