using System.Text.RegularExpressions;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.Publish;

/// <summary>Delivers files into a folder: each is there completely or not at all, and what is there already isn't copied again.</summary>
public static partial class FolderDelivery
{
    private const string PartialSuffix = ".partial";

    /// <summary>
    /// Copies the file to its final path, through a temporary name in the same folder. That name is of this call alone: a
    /// late worker, perhaps frozen with its file open, neither keeps the next one waiting nor gets hold of its file.
    /// </summary>
    /// <param name="expected">What the file must be; a copy that isn't is not delivered.</param>
    /// <returns>False when it was there already.</returns>
    /// <exception cref="PermanentFailureException">The file is not what it should be.</exception>
    /// <exception cref="TransientFailureException">It can't be written now.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public static async Task<bool> DeliverAsync(string file, string final, FileDigest expected, Action<double> reportPercent, CancellationToken cancellationToken)
    {
        if (await DurableFile.HasContentAsync(final, expected, cancellationToken))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(final)!);
        var partial = PartialOf(final);
        try
        {
            var copied = await DurableFile.CopyAsync(
                file, partial, bytes => reportPercent(Math.Min(100, 100.0 * bytes / Math.Max(1, expected.SizeBytes))), cancellationToken);
            if (copied != expected)
            {
                throw new PermanentFailureException(
                    $"{Path.GetFileName(file)} in the store is not the file that was put there. Run the transform again.");
            }

            // A crash here leaves the partial file, which a later start removes. One after the rename leaves the delivered
            // file, which the next attempt finds.
            cancellationToken.ThrowIfCancellationRequested();
            DurableFile.Rename(partial, final);
            return true;
        }
        catch (IOException exception) when (exception is not FileNotFoundException and not DirectoryNotFoundException && !FullDisk.Is(exception))
        {
            throw new TransientFailureException($"{final} can't be written: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>For the start: what deliveries have left that were killed.</summary>
    /// <param name="writtenBefore">Later files may be those of another node that delivers into the folder.</param>
    public static void RemovePartialFiles(string folder, DateTimeOffset writtenBefore)
    {
        if (Directory.Exists(folder))
        {
            var partial = Directory.GetFiles(folder, $".*{PartialSuffix}", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System });
            PipelineFolders.RemoveFiles(partial.Where(path => PartialName().IsMatch(Path.GetFileName(path))), writtenBefore);
        }
    }

    /// <summary>The names that <see cref="DeliverAsync"/> gives or once gave, and no others: the folder may have files of other programs.</summary>
    [GeneratedRegex(@"^\..*\]\.[a-z0-9]+(\.[0-9a-f]{8})?\.partial$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex PartialName();

    private static string PartialOf(string final) =>
        Path.Combine(Path.GetDirectoryName(final)!, $".{Path.GetFileName(final)}.{Random.Shared.Next():x8}{PartialSuffix}");
}
