using Hangfire;

namespace VideoPipeline.Server.Dashboard;

/// <summary>Hangfire's dashboard at <c>/hangfire</c>; what its buttons do to the rows is the dispatch's own filter's business.</summary>
internal static class HangfireDashboard
{
    public const string Path = "/hangfire";

    /// <summary>
    /// Hangfire's default authorization lets local requests in only, which is right as long as the service listens on
    /// loopback addresses only.
    /// </summary>
    public static void MapDashboard(this WebApplication app) => app.MapHangfireDashboard(Path, new DashboardOptions
    {
        DashboardTitle = "VideoPipeline",
        AppPath = null,
        DisplayStorageConnectionString = false,
    });
}
