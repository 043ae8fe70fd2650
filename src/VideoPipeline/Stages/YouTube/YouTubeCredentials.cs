using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Http;
using Google.Apis.Services;
using Google.Apis.Util.Store;
using Google.Apis.YouTube.v3;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.YouTube;

/// <summary>The client that acts for whoever has signed in.</summary>
public sealed class YouTubeCredentials(IOptions<YouTubeOptions> options, PipelineFolders folders) : IDisposable
{
    private readonly Lock _gate = new();
    private (DateTime WrittenAt, YouTubeService Service)? _current;

    public string TokenPath => options.Value.TokenFile is { Length: > 0 } path ? Path.GetFullPath(path) : Path.Combine(folders.Data, "youtube-token.json");

    /// <summary>The same client until somebody signs in again.</summary>
    /// <exception cref="PermanentFailureException">Nobody has signed in, or the settings of the OAuth client are missing.</exception>
    public YouTubeService Service()
    {
        lock (_gate)
        {
            var writtenAt = File.GetLastWriteTimeUtc(TokenPath);
            if (_current is { } current && current.WrittenAt == writtenAt)
            {
                return current.Service;
            }

            // The one before is not disposed: an upload may still be using it. It goes with the last that does.
            RequireClient(options.Value);
            var token = TokenFile.Read(TokenPath)
                ?? throw new PermanentFailureException($"Nobody has signed in to YouTube: {TokenPath} is missing. Sign in with the command youtube-login.");
            var service = NewService(options.Value, new UserCredential(NewFlow(options.Value), "videopipeline", token));
            _current = (writtenAt, service);
            return service;
        }
    }

    public void Dispose() => _current?.Service.Dispose();

    internal static void RequireClient(YouTubeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ClientId) || string.IsNullOrWhiteSpace(options.ClientSecret))
        {
            throw new PermanentFailureException(
                "VideoPipeline:YouTube:ClientId and VideoPipeline:YouTube:ClientSecret must be set, from an OAuth client of the kind 'desktop app' in your Google Cloud project.");
        }
    }

    /// <summary>With the code's proof (PKCE, RFC 7636). It stores nothing: access tokens are kept in memory only.</summary>
    internal static PkceGoogleAuthorizationCodeFlow NewFlow(YouTubeOptions options) => new(
        new FlowSettings(options.AuthorizationUri, options.TokenUri)
        {
            ClientSecrets = new ClientSecrets { ClientId = options.ClientId, ClientSecret = options.ClientSecret },
            Scopes = [YouTubeService.ScopeConstants.Youtube, YouTubeService.ScopeConstants.YoutubeUpload],
            DataStore = new NullDataStore(),

            // Otherwise Google leaves out the refresh token when the user has agreed before.
            Prompt = "consent",
        });

    internal static YouTubeService NewService(YouTubeOptions options, UserCredential credential)
    {
        var service = new YouTubeService(new BaseClientService.Initializer
        {
            ApplicationName = "VideoPipeline",
            BaseUri = options.BaseUri.EndsWith('/') ? options.BaseUri : options.BaseUri + "/",
            HttpClientInitializer = credential,

            // Each call is paid for once; whether it is made again is decided where that is known.
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
        });
        service.HttpClient.Timeout = options.RequestTimeout;
        return service;
    }

    /// <summary>The library lets derived settings only have other addresses than Google's. Nothing is ever revoked here.</summary>
    private sealed class FlowSettings(string authorizationUri, string tokenUri)
        : GoogleAuthorizationCodeFlow.Initializer(authorizationUri, tokenUri, GoogleAuthConsts.RevokeTokenUrl);
}
