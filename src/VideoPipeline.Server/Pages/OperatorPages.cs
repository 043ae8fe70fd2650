using VideoPipeline.Server.Pages.Actions;
using VideoPipeline.Server.Pages.Layout;

namespace VideoPipeline.Server.Pages;

/// <summary>
/// The operator's pages: HTML that the server renders, with forms for the actions. A script of their own makes them live;
/// nothing needs it.
/// </summary>
internal static class OperatorPages
{
    public static IServiceCollection AddOperatorPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<LayoutState>();
        services.AddSingleton<FailureCount>();
        services.AddSingleton<ChannelNames>();
        services.AddSingleton<JobTexts>();
        return services;
    }

    public static void MapOperatorPages(this WebApplication app)
    {
        app.MapRazorComponents<PageRoutes>();
        var actions = app.MapGroup("").ExcludeFromDescription();
        actions.MapThemes();
        actions.MapQueueActions();
        actions.MapJobActions();
    }
}
