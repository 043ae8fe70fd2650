using Microsoft.AspNetCore.Mvc;

namespace VideoPipeline.Server.Pages.Actions;

/// <summary><c>/theme</c>: changes nothing but this browser's cookie.</summary>
internal static class ThemeActions
{
    public static void MapThemes(this IEndpointRouteBuilder pages) => pages.MapPost("/theme", Choose);

    private static IResult Choose(HttpContext context, [FromForm] string? theme, [FromForm] string? returnTo)
    {
        Themes.Choose(context, theme);
        return ActionResults.Back(returnTo);
    }
}
