using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace VideoPipeline.Server.Dashboard;

/// <summary>A page of ours among the dashboard's: a component within the dashboard's own layout.</summary>
internal static class DashboardPage
{
    public static async Task ShowAsync<TComponent>(DashboardContext context, string title, IDictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        var services = context.GetHttpContext().RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString());

        // A route of its own is the only way to hand a page the dashboard's context.
        var routes = new Hangfire.Dashboard.RouteCollection();
        routes.AddRazorPage("/", _ => new Body(title, html));
        await routes.FindDispatcher("/").Item1.Dispatch(context);
    }

    private sealed class Body(string title, string html) : RazorPage
    {
        public override void Execute()
        {
            Layout = new LayoutPage(title);
            WriteLiteral(html);
        }
    }
}
