using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Json;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Stages.YouTube;

/// <summary>A sign-in, kept in a file that only its owner may read: whoever has it can act for the channel.</summary>
internal static class TokenFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="PermanentFailureException">The file is no sign-in.</exception>
    public static TokenResponse? Read(string path)
    {
        try
        {
            var token = NewtonsoftJsonSerializer.Instance.Deserialize<TokenResponse>(File.ReadAllText(path));
            return token?.RefreshToken is { Length: > 0 } ? token : throw Unreadable(path, inner: null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Newtonsoft.Json.JsonException exception)
        {
            throw Unreadable(path, exception);
        }
    }

    /// <summary>Replaces the file as a whole.</summary>
    public static void Write(string path, TokenResponse token)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.tmp";

        // A leftover could have other rights; the mode is only applied to new files.
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(NewtonsoftJsonSerializer.Instance.Serialize(token));
        }

        DurableFile.Rename(temporary, path);
    }

    private static PermanentFailureException Unreadable(string path, Exception? inner) =>
        new($"{path} has no YouTube sign-in. Sign in again with the command youtube-login.", inner);
}
