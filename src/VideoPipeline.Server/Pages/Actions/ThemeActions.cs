using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary><c>/theme</c>: changes nothing but this browser's cookie.</summary>
internal static class ThemeActions
{
    public static void MapThemes(this IEndpointRouteBuilder pages) => pages.MapPost("/theme", Choose).RequireAuthorization(AccessPolicies.Read);

    private static IResult Choose(HttpContext context, [FromForm] string? theme, [FromForm] string? returnTo)
    {
        Themes.Choose(context, theme);
        return ActionResults.Back(returnTo);
    }
}
