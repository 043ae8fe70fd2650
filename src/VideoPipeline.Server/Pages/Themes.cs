namespace VideoPipeline.Server.Pages;

/// <summary>Which colours a browser has chosen: in a cookie, so that the page comes in them at once and without the script.</summary>
internal static class Themes
{
    public const string Cookie = "videopipeline-theme";

    private static readonly string[] Choices = ["light", "dark"];

    /// <summary>Null for what the system prefers.</summary>
    public static string? Of(HttpContext context) => Array.Find(Choices, choice => choice == context.Request.Cookies[Cookie]);

    public static void Choose(HttpContext context, string? theme)
    {
        if (Choices.Contains(theme))
        {
            context.Response.Cookies.Append(Cookie, theme!, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                MaxAge = TimeSpan.FromDays(365),
                IsEssential = true,
            });
        }
        else
        {
            context.Response.Cookies.Delete(Cookie);
        }
    }
}
