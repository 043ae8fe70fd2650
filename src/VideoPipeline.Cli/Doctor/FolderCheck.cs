namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the data folder is there, and can be written by whoever asks.</summary>
internal static class FolderCheck
{
    public static Finding Run(PipelineFolders folders)
    {
        var mend = $"Give {Environment.UserName} the right to write there, run this as the service's user, or set VideoPipeline__DataDirectory to another folder.";
        if (!Directory.Exists(folders.Data))
        {
            var parent = Path.GetDirectoryName(folders.Data);
            return parent is not null && Directory.Exists(parent)
                ? Finding.Ok("data folder", $"{folders.Data} will be created at the first start.")
                : Finding.Warning("data folder", $"{folders.Data} isn't there, nor is the folder that it is in.", "Look for a mistake in VideoPipeline__DataDirectory.");
        }

        try
        {
            // Gone as soon as it is closed, however this ends.
            using var probe = new FileStream(
                Path.Combine(folders.Data, $".doctor-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return Finding.Ok("data folder", $"{folders.Data} can be written by {Environment.UserName}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed("data folder", $"{folders.Data} can't be written by {Environment.UserName}: {exception.Message}", mend);
        }
    }
}
