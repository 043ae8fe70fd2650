using System.Globalization;
using Hangfire;
using Hangfire.Dashboard;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server.Dashboard;

/// <summary>Hangfire's dashboard at <c>/hangfire</c>; what its buttons do to the rows is the dispatch's own filter's business.</summary>
internal static class HangfireDashboard
{
    public const string Path = "/hangfire";

    private static readonly CultureInfo? English = FindEnglish();

    private static int _extended;

    public static IServiceCollection AddDashboard(this IServiceCollection services) => services.AddSingleton<DashboardFigures>();

    /// <summary>
    /// Who gets here was decided before, for all endpoints alike. With a key that may only read, Hangfire shows no buttons,
    /// and what they would send is refused.
    /// </summary>
    public static void MapDashboard(this WebApplication app)
    {
        // Hangfire keeps what extends its dashboard in statics, once for all applications of the process.
        if (Interlocked.Exchange(ref _extended, 1) == 0)
        {
            Extend();
        }

        app.MapHangfireDashboard(Path, new DashboardOptions
        {
            DashboardTitle = "VideoPipeline",
            AppPath = "/",
            DisplayStorageConnectionString = false,
            Authorization = [],
            IsReadOnlyFunc = context => !context.GetHttpContext().User.MayOperate(),
            IgnoreAntiforgeryToken = false,
        });
    }

    /// <summary>
    /// Hangfire's pages name the language of the thread's culture as theirs, for screen readers and translators, and this
    /// program's is none (iv). Numbers and times stay as they are.
    /// </summary>
    public static Task SpeakEnglishAsync(HttpContext context, RequestDelegate next)
    {
        if (English is not null && context.Request.Path.StartsWithSegments(Path))
        {
            CultureInfo.CurrentUICulture = English;
        }

        return next(context);
    }

    /// <summary>Hangfire asks for its figures by POST, every few seconds.</summary>
    public static bool Reads(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Path == $"{Path}/stats";

    /// <summary>The page of a background job.</summary>
    public static string DetailsOf(string backgroundJobId) => $"{Path}/jobs/details/{Uri.EscapeDataString(backgroundJobId)}";

    /// <summary>Null where the system's cultures are switched off (<c>DOTNET_SYSTEM_GLOBALIZATION_INVARIANT</c>).</summary>
    private static CultureInfo? FindEnglish()
    {
        try
        {
            return CultureInfo.GetCultureInfo("en");
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    private static void Extend()
    {
        // Hangfire's own retries, which nothing here uses: a row that waits for its retry is among the scheduled jobs.
        for (var n = 0; n < NavigationMenu.Items.Count; n++)
        {
            var item = NavigationMenu.Items[n];
            NavigationMenu.Items[n] = page => item(page) is { } shown && shown.Url != page.Url.To("/retries") ? shown : null;
        }

        QueuePage.Register();
        StatisticsPage.Register();
        GlobalConfiguration.Configuration
            .UseDashboardMetrics(DashboardMetrics.All)
            .UseJobDetailsRenderer(0, JobRow.Render);
    }
}
