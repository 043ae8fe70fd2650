using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Access;

/// <summary>
/// A browser that has signed in with a key carries a cookie with the key's id, not the key: encrypted and signed with keys
/// that all nodes share. It is worth something only as long as the key is valid.
/// </summary>
internal static class BrowserSession
{
    public const string SchemeName = "Session";
    public const string CookieName = "videopipeline";

    private const string KeyId = "key";

    public static void Configure(CookieAuthenticationOptions cookie, IOptions<AccessOptions> options)
    {
        cookie.Cookie.Name = CookieName;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = options.Value.SessionLifetime;
        cookie.SlidingExpiration = true;
        cookie.Events.OnValidatePrincipal = ValidateAsync;
    }

    public static ClaimsPrincipal PrincipalOf(ApiKey key, string scheme) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, key.PublicId),
            new(ClaimTypes.Name, key.Name),
            new(KeyId, key.Id.ToString(CultureInfo.InvariantCulture)),
            .. AccessPolicies.Claims(key.Role),
        ],
        scheme));

    /// <summary>The row of the key that this one came with; null when there was none.</summary>
    public static long? KeyIdOf(ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(KeyId), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var keys = context.HttpContext.RequestServices.GetRequiredService<KeyCheck>();
        if (context.Principal is null || KeyIdOf(context.Principal) is not { } id || !await keys.IsValidAsync(id, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(SchemeName);
        }
    }
}
