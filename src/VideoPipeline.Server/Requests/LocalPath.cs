namespace VideoPipeline.Server.Requests;

/// <summary>Where a browser is led after a form or a sign-in: nowhere but here, whatever a link or a form of somebody else asks for.</summary>
internal static class LocalPath
{
    private const string Start = "/";

    /// <summary>What was asked for, as the header <c>Location</c> may have it; the start page when it isn't here.</summary>
    /// <remarks>
    /// Looked at as it is sent, not only as it came: without its dots <c>/.//evil.example</c> names another server. Headers
    /// are ASCII, so everything else is percent-encoded.
    /// </remarks>
    public static string Of(string? asked)
    {
        if (asked is not ['/', ..] || asked.Contains('\\') || asked.Any(char.IsControl) || !Uri.TryCreate($"http://localhost{asked}", UriKind.Absolute, out var url))
        {
            return Start;
        }

        var path = url.PathAndQuery + url.Fragment;
        return path is ['/', '/', ..] ? Start : path;
    }
}
