using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>OAuth 2.0 with PKCE (RFC 6749, RFC 7636), and a user who always agrees.</summary>
internal sealed partial class YouTubeServer
{
    public const string ClientId = "client-1.apps.test";
    public const string ClientSecret = "not a secret";
    public const string RefreshToken = "refresh-1";

    private readonly Dictionary<string, string> _challenges = new(StringComparer.Ordinal);
    private string _accessToken = "access-0";

    /// <summary>The user has taken back what he agreed to.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>How many access tokens were given out.</summary>
    public int Tokens { get; private set; }

    /// <summary>Access tokens are no longer good; the next refresh gives a new one.</summary>
    public void ExpireAccess() => _accessToken = NewId("access-");

    private bool IsSignedIn(HttpRequest request) => request.Headers.Authorization == $"Bearer {_accessToken}";

    private IResult Agree(HttpRequest request)
    {
        var query = request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["access_type"] != "offline" || query["code_challenge_method"] != "S256")
        {
            return Results.BadRequest("This application is not set up.");
        }

        var code = NewId("code-");
        _challenges[code] = query["code_challenge"].ToString();
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret)
        {
            return TokenError("invalid_client");
        }

        var withCode = form["grant_type"] == "authorization_code";
        var known = withCode
            ? _challenges.Remove(form["code"].ToString(), out var challenge) && challenge == Challenge(form["code_verifier"].ToString())
            : form["refresh_token"] == RefreshToken && !IsRevoked;
        if (!known)
        {
            return TokenError("invalid_grant");
        }

        if (_accessToken == "access-0")
        {
            ExpireAccess();
        }

        Tokens++;
        var answer = new JsonObject { ["access_token"] = _accessToken, ["expires_in"] = 3599, ["token_type"] = "Bearer" };
        if (withCode)
        {
            answer["refresh_token"] = RefreshToken;
        }

        return Results.Json(answer);
    }

    private static string Challenge(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static IResult TokenError(string error) =>
        Results.Json(new JsonObject { ["error"] = error, ["error_description"] = "Token has been expired or revoked." }, statusCode: StatusCodes.Status400BadRequest);
}
