using Hangfire;
using Hangfire.Dashboard;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server.Dashboard;

/// <summary>Hangfire's dashboard at <c>/hangfire</c>; what its buttons do to the rows is the dispatch's own filter's business.</summary>
internal static class HangfireDashboard
{
    public const string Path = "/hangfire";

    /// <summary>
    /// Who gets here was decided before, for all endpoints alike. With a key that may only read, Hangfire shows no buttons,
    /// and what they would send is refused.
    /// </summary>
    public static void MapDashboard(this WebApplication app) => app.MapHangfireDashboard(Path, new DashboardOptions
    {
        DashboardTitle = "VideoPipeline",
        AppPath = null,
        DisplayStorageConnectionString = false,
        Authorization = [],
        IsReadOnlyFunc = context => !context.GetHttpContext().User.MayOperate(),
        IgnoreAntiforgeryToken = false,
    });

    /// <summary>Hangfire asks for its figures by POST, every few seconds.</summary>
    public static bool Reads(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Path == $"{Path}/stats";
}
