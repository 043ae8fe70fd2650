using VideoPipeline.Server.Access;
using VideoPipeline.Server.Pages.Actions;
using VideoPipeline.Server.Pages.Channels;
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
        services.AddSingleton<ChannelStates>();
        return services;
    }

    public static void MapOperatorPages(this WebApplication app)
    {
        // Protected like all that says nothing of it: to read it takes a key; to post to it, for which there is nothing here, one that operates.
        app.MapRazorComponents<PageRoutes>();
        app.MapVideoPictures();
        var actions = app.MapGroup("").ExcludeFromDescription();
        actions.MapThemes();

        // Said here although any POST would need it: what acts must not depend on how it is asked for.
        var operate = actions.MapGroup("").RequireAuthorization(AccessPolicies.Operate);
        operate.MapQueueActions();
        operate.MapJobActions();
        operate.MapChannelActions();
        operate.MapNotificationActions();
    }
}
