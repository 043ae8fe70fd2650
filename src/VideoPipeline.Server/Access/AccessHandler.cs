using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using VideoPipeline.Access;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Finds out who a request comes from: by the key in <c>X-Api-Key</c> or <c>Authorization: Bearer</c>, else by the browser's
/// session. As long as nobody needs a key, everybody is <see cref="Actor.LocalName"/>.
/// </summary>
internal sealed class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    KeyCheck keys,
    KeyRequirement requirement,
    FailedAttempts failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Access";
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";

    private TimeSpan? _retryAfter;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // What is open to everybody answers also when the database is away.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        if (!await requirement.IsInForceAsync(Context.RequestAborted))
        {
            return Success(new ClaimsPrincipal(new ClaimsIdentity(
                [new(ClaimTypes.NameIdentifier, Actor.LocalName), new(ClaimTypes.Name, Actor.LocalName), .. AccessPolicies.Claims(KeyRole.Operate)], SchemeName)));
        }

        if (Given() is not { } text)
        {
            return await Context.AuthenticateAsync(BrowserSession.SchemeName);
        }

        if (await keys.RecogniseAsync(text, Context.RequestAborted) is { } key)
        {
            return Success(BrowserSession.PrincipalOf(key, SchemeName));
        }

        _retryAfter = failures.Note(Context.Connection.RemoteIpAddress);
        return AuthenticateResult.Fail("The key is wrong, or was revoked.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_retryAfter is { } delay)
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        else if (ProblemAnswer.WantsPage(Request))
        {
            // A form that was sent without a session can't be sent again by itself: the page that it was on is the way back.
            Response.Redirect(SignInPages.SignInPath + (HttpMethods.IsGet(Request.Method) ? QueryString.Create("returnUrl", Request.Path + Request.QueryString) : QueryString.Empty));
        }
        else
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Bearer realm=\"VideoPipeline\"";
        }

        return Task.CompletedTask;
    }

    private AuthenticateResult Success(ClaimsPrincipal user) => AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name));

    /// <summary>The key that the request shows; null when it shows none.</summary>
    private string? Given() =>
        Request.Headers.TryGetValue(Header, out var given) ? given.ToString().Trim()
            : Request.Headers[HeaderNames.Authorization].ToString() is { } authorization && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? authorization[Bearer.Length..].Trim() : null;
}
