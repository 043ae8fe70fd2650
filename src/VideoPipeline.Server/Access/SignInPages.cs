using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Access;
using VideoPipeline.Server.Pages;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Access;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>: a key for a <see cref="BrowserSession"/>.</summary>
internal static class SignInPages
{
    public const string SignInPath = "/sign-in";
    public const string SignOutPath = "/sign-out";

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPath, ShowSignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignInPath, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(SignOutPath, ShowSignOut).ExcludeFromDescription();
        app.MapPost(SignOutPath, SignOutAsync).RequireAuthorization(AccessPolicies.Read).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowSignInAsync(string? returnUrl, HttpContext context, KeyRequirement requirement) =>
        await requirement.IsInForceAsync(context.RequestAborted)
            ? SignInPage(context, returnUrl, problem: null, StatusCodes.Status200OK)
            : TypedResults.LocalRedirect(LocalPath.Of(returnUrl));

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, KeyCheck keys, FailedAttempts failures, AuditLog audit)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var returnUrl = form["returnUrl"].ToString();
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return SignInPage(context, returnUrl, "This page was open for too long, or cookies are off. Please try again.", StatusCodes.Status400BadRequest);
        }

        if (await keys.RecogniseAsync(form["key"].ToString().Trim(), context.RequestAborted) is not { } key)
        {
            if (failures.Note(context.Connection.RemoteIpAddress) is { } delay)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return SignInPage(context, returnUrl, "Too many wrong keys. Please wait a minute.", StatusCodes.Status429TooManyRequests);
            }

            return SignInPage(context, returnUrl, "This key is wrong, or was revoked.", StatusCodes.Status401Unauthorized);
        }

        await audit.WriteAsync(RequestActor.Of(context, key.Name), AuditAction.SignIn, new { key = key.PublicId }, context.RequestAborted);
        await context.SignInAsync(
            BrowserSession.SchemeName, BrowserSession.PrincipalOf(key, BrowserSession.SchemeName), new AuthenticationProperties { IsPersistent = true });
        return TypedResults.LocalRedirect(LocalPath.Of(returnUrl));
    }

    private static RazorComponentResult<SignOutPage> ShowSignOut(HttpContext context) => SignOutPage(context, problem: null);

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, AuditLog audit)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return SignOutPage(context, "This page was open for too long. Please try again.");
        }

        if (Actor.Current is { } actor)
        {
            await audit.WriteAsync(actor, AuditAction.SignOut, details: null, context.RequestAborted);
        }

        await context.SignOutAsync(BrowserSession.SchemeName);
        return TypedResults.LocalRedirect(SignInPath);
    }

    private static RazorComponentResult<SignInPage> SignInPage(HttpContext context, string? returnUrl, string? problem, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(Pages.SignInPage.ReturnUrl)] = LocalPath.Of(returnUrl),
            [nameof(Pages.SignInPage.Problem)] = problem,
        })
        {
            StatusCode = status,
        };
    }

    private static RazorComponentResult<SignOutPage> SignOutPage(HttpContext context, string? problem)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(Pages.SignOutPage.Name)] = context.User.Identity?.Name ?? "",
            [nameof(Pages.SignOutPage.Problem)] = problem,
        })
        {
            StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        };
    }
}
