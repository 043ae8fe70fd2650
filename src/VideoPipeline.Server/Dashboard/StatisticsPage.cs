using Hangfire.Dashboard;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Dashboard;

/// <summary><c>/hangfire/statistics</c>: how the rows have done, by job type. Hangfire's own figures go back some hours only.</summary>
internal sealed class StatisticsPage : IDashboardDispatcher
{
    private const string Route = "/statistics";

    public const string Address = HangfireDashboard.Path + Route;

    public static void Register()
    {
        DashboardRoutes.Routes.Add(Route, new StatisticsPage());
        NavigationMenu.Items.Add(page => new MenuItem("Statistics", page.Url.To(Route))
        {
            Active = page.RequestPath.StartsWith(Route, StringComparison.OrdinalIgnoreCase),
        });
    }

    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var queue = http.RequestServices.GetRequiredService<QueueService>();
        await DashboardPage.ShowAsync<StatisticsContent>(context, "Statistics", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(StatisticsContent.Statistics)] = await queue.GetStatisticsAsync(jobType: null, http.RequestAborted),
        });
    }
}
