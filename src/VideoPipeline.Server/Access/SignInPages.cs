using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>: a key for a <see cref="BrowserSession"/>. They need nothing but themselves.</summary>
internal static class SignInPages
{
    public const string SignInPath = "/sign-in";
    public const string SignOutPath = "/sign-out";

    private const string Style =
        """
        :root{color-scheme:light dark}
        body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem}
        label{display:block;font-weight:600;margin-bottom:.25rem}
        input{font:inherit;box-sizing:border-box;width:100%;padding:.5rem}
        button{font:inherit;padding:.5rem 1.25rem;margin-top:1rem}
        [role=alert]{border-left:4px solid #c33;padding-left:.75rem}
        """;

    /// <summary>The style is in the page, since it needs nothing else; its hash lets it pass.</summary>
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPath, ShowSignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignInPath, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(SignOutPath, ShowSignOut).ExcludeFromDescription();
        app.MapPost(SignOutPath, SignOutAsync).RequireAuthorization(AccessPolicies.Read).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowSignInAsync(string? returnUrl, HttpContext context, KeyRequirement requirement, IAntiforgery antiforgery) =>
        await requirement.IsInForceAsync(context.RequestAborted)
            ? SignInPage(context, antiforgery, returnUrl, problem: null, StatusCodes.Status200OK)
            : TypedResults.LocalRedirect(Local(returnUrl));

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, KeyCheck keys, FailedAttempts failures, AuditLog audit)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var returnUrl = form["returnUrl"].ToString();
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return SignInPage(context, antiforgery, returnUrl, "This page was open for too long, or cookies are off. Please try again.", StatusCodes.Status400BadRequest);
        }

        if (await keys.RecogniseAsync(form["key"].ToString().Trim(), context.RequestAborted) is not { } key)
        {
            if (failures.Note(context.Connection.RemoteIpAddress) is { } delay)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return SignInPage(context, antiforgery, returnUrl, "Too many wrong keys. Please wait a minute.", StatusCodes.Status429TooManyRequests);
            }

            return SignInPage(context, antiforgery, returnUrl, "This key is wrong, or was revoked.", StatusCodes.Status401Unauthorized);
        }

        await audit.WriteAsync(RequestActor.Of(context, key.Name), AuditAction.SignIn, new { key = key.PublicId }, context.RequestAborted);
        await context.SignInAsync(
            BrowserSession.SchemeName, BrowserSession.PrincipalOf(key, BrowserSession.SchemeName), new AuthenticationProperties { IsPersistent = true });
        return TypedResults.LocalRedirect(Local(returnUrl));
    }

    private static ContentHttpResult ShowSignOut(HttpContext context, IAntiforgery antiforgery) => SignOutPage(context, antiforgery, problem: null);

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, AuditLog audit)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return SignOutPage(context, antiforgery, "This page was open for too long. Please try again.");
        }

        if (Actor.Current is { } actor)
        {
            await audit.WriteAsync(actor, AuditAction.SignOut, details: null, context.RequestAborted);
        }

        await context.SignOutAsync(BrowserSession.SchemeName);
        return TypedResults.LocalRedirect(SignInPath);
    }

    /// <summary>A path here, whatever was asked for: nobody is led elsewhere by a link to this page.</summary>
    internal static string Local(string? url) =>
        url is ['/', ..] && !(url.Length > 1 && url[1] is '/' or '\\') && !url.Any(char.IsControl) ? url : "/";

    private static ContentHttpResult SignInPage(HttpContext context, IAntiforgery antiforgery, string? returnUrl, string? problem, int status) => Page(
        context,
        "Sign in",
        problem,
        $"""
        <form method="post" action="{SignInPath}">
        {Token(context, antiforgery)}
        <input type="hidden" name="returnUrl" value="{Encode(Local(returnUrl))}">
        <label for="key">Your key</label>
        <input type="password" id="key" name="key" required autofocus autocomplete="current-password" spellcheck="false"{(problem is null ? "" : " aria-describedby=\"problem\" aria-invalid=\"true\"")}>
        <button type="submit">Sign in</button>
        </form>
        """,
        status);

    private static ContentHttpResult SignOutPage(HttpContext context, IAntiforgery antiforgery, string? problem) => Page(
        context,
        "Sign out",
        problem,
        $"""
        <p>You are signed in as <strong>{Encode(context.User.Identity?.Name ?? "")}</strong>.</p>
        <form method="post" action="{SignOutPath}">
        {Token(context, antiforgery)}
        <button type="submit">Sign out</button>
        </form>
        """,
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static ContentHttpResult Page(HttpContext context, string title, string? problem, string body, int status)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-store";
        var html =
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} - VideoPipeline</title>
            <link rel="icon" href="data:,">
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>{title}</h1>
            {(problem is null ? "" : $"<p id=\"problem\" role=\"alert\">{Encode(problem)}</p>")}
            {body}
            </main>
            </body>
            </html>
            """;
        return TypedResults.Content(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    private static string Token(HttpContext context, IAntiforgery antiforgery)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{Encode(tokens.RequestToken!)}\">";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
