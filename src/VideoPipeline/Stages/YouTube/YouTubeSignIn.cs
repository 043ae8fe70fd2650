using Google.Apis.Auth.OAuth2;
using Google.Apis.YouTube.v3;

namespace VideoPipeline.Stages.YouTube;

/// <summary>
/// Signs in with Google's flow for installed applications: the operator agrees in a browser, which is sent back to a port of
/// this machine's loopback interface.
/// </summary>
/// <seealso href="https://developers.google.com/youtube/v3/guides/auth/installed-apps"/>
public static class YouTubeSignIn
{
    /// <summary>Asks, waits for the answer, and stores it.</summary>
    /// <param name="tokenPath">The file that <see cref="YouTubeOptions.TokenFile"/> names.</param>
    /// <param name="output">Where the address to open is written.</param>
    /// <exception cref="PermanentFailureException">The settings of the OAuth client are missing, or the operator or Google refused.</exception>
    public static async Task RunAsync(YouTubeOptions options, string tokenPath, TextWriter output, CancellationToken cancellationToken)
    {
        YouTubeCredentials.RequireClient(options);
        using var flow = YouTubeCredentials.NewFlow(options);
        UserCredential credential;
        try
        {
            credential = await new AuthorizationCodeInstalledApp(flow, new WrittenAddress(output)).AuthorizeAsync("videopipeline", cancellationToken);
        }
        catch (Google.Apis.Auth.OAuth2.Responses.TokenResponseException exception)
        {
            throw new PermanentFailureException($"Google refused: {exception.Message}", exception);
        }

        if (string.IsNullOrEmpty(credential.Token?.RefreshToken))
        {
            throw new PermanentFailureException("Google gave no refresh token. Is the OAuth client of the kind 'desktop app'?");
        }

        // First that it works, then the file: a bad sign-in must not replace a good one.
        var channel = await ChannelAsync(options, credential, cancellationToken);
        TokenFile.Write(tokenPath, credential.Token);
        await output.WriteLineAsync($"Signed in to the YouTube channel {channel}. Stored in {tokenPath}, readable by its owner only.");
    }

    private static async Task<string> ChannelAsync(YouTubeOptions options, UserCredential credential, CancellationToken cancellationToken)
    {
        using var service = YouTubeCredentials.NewService(options, credential);
        var request = service.Channels.List("id,snippet");
        request.Mine = true;
        try
        {
            var answer = await request.ExecuteAsync(cancellationToken);
            return answer.Items is [var channel, ..]
                ? $"{channel.Snippet?.Title} ({channel.Id})"
                : throw new PermanentFailureException("This Google account has no YouTube channel. Make one on youtube.com, then sign in again.");
        }
        catch (Exception exception) when (exception is Google.GoogleApiException or HttpRequestException)
        {
            throw new PermanentFailureException($"Signed in, but YouTube can't be used: {YouTubeFailure.Of(exception).Message}", exception);
        }
    }

    /// <summary>Writes the address instead of opening a browser: servers have none.</summary>
    private sealed class WrittenAddress(TextWriter output) : LocalServerCodeReceiver(
        "<html><head><title>VideoPipeline</title></head><body>Signed in. You may close this window.</body></html>", CallbackUriChooserStrategy.ForceLoopbackIp)
    {
        protected override bool OpenBrowser(string url)
        {
            var port = new Uri(RedirectUri).Port;
            output.WriteLine("Open this address in a browser and agree:");
            output.WriteLine();
            output.WriteLine(url);
            output.WriteLine();
            output.WriteLine($"If the browser runs on another machine, let it reach this one first: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE");
            output.Flush();
            return true;
        }
    }
}
