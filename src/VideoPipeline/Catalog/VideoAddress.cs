namespace VideoPipeline.Catalog;

/// <summary>Where a single video is and what it is called there, as a user of the channel may say it.</summary>
/// <param name="ExternalId">The same that a scrape gives it: for a file its path below the channel's folder, else the URL.</param>
/// <param name="Title">When nobody gives another one.</param>
internal sealed record VideoAddress(string Url, string ExternalId, string Title)
{
    public const int MaxLength = 800;

    /// <exception cref="InvalidRequestException">Names <c>url</c>.</exception>
    public static VideoAddress Of(string url, Channel channel)
    {
        if (url.Length > MaxLength)
        {
            throw Problem($"must have at most {MaxLength} characters");
        }

        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
        {
            if (uri.UserInfo.Length > 0)
            {
                // It would be listed for everyone who may read.
                throw Problem("must not have a user name or password in it");
            }

            return uri.AbsoluteUri.Length > MaxLength
                ? throw Problem($"must have at most {MaxLength} characters")
                : new(uri.AbsoluteUri, uri.AbsoluteUri, TitleOf(uri));
        }

        if (channel.SourceKind != SourceKind.Folder || RealPath.FromPathOrFileUrl(url) is not { } path)
        {
            throw Problem("must be an http or https URL" + (channel.SourceKind == SourceKind.Folder ? ", or the absolute path of a file in the channel's folder" : null));
        }

        try
        {
            path = RealPath.Of(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Problem("must be a file in the channel's folder");
        }

        // First where, then whether: the answer must not tell which other files exist.
        return RealPath.IsWithin(path, channel.SourceUrl) && File.Exists(path)
            ? new(path, Path.GetRelativePath(channel.SourceUrl, path), Path.GetFileNameWithoutExtension(path))
            : throw Problem("must be a file in the channel's folder");
    }

    private static string TitleOf(Uri uri)
    {
        var name = Path.GetFileNameWithoutExtension(Uri.UnescapeDataString(uri.AbsolutePath).TrimEnd('/'));
        name = new string([.. name.Where(c => !char.IsControl(c))]);
        return string.IsNullOrWhiteSpace(name) ? uri.Host : name;
    }

    private static InvalidRequestException Problem(string problem) => new("url", problem);
}
