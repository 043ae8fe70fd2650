using VideoPipeline.Server.Access;
using VideoPipeline.Server.Api;
using VideoPipeline.Server.Dashboard;
using VideoPipeline.Server.Pages;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server;

/// <summary>The service, put together and run in this process, whichever program that is.</summary>
internal static class ServiceProgram
{
    /// <param name="settings">Settings as arguments, <c>--name=value</c>; they win over all others.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] settings)
    {
        var builder = CreateBuilder(settings);
        var start = new ServiceStart(builder);
        return await start.RunAsync(() => Build(builder));
    }

    /// <summary>Everything that answers, ready to be started.</summary>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddVideoPipeline(builder.Configuration, services => services.AddHostedService<KeyForOthers>());
        builder.AddAccess();
        builder.Services.AddApi();
        builder.Services.AddOperatorPages();
        builder.Services.AddDashboard();

        var app = builder.Build();
        app.UseRequestRules();
        app.Use(HangfireDashboard.SpeakEnglishAsync);
        app.Use(DashboardAudit.InvokeAsync);
        app.Use(RequeueAnswer.InvokeAsync);
        app.MapSignIn();
        app.MapApi();
        app.MapDashboard();
        app.MapOperatorPages();
        return app;
    }

    /// <summary>
    /// With all settings: those of appsettings.json beside the program, the environment's and these. The data folder is
    /// relative to the working directory.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] settings) => WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = settings,
        ApplicationName = typeof(ServiceProgram).Assembly.GetName().Name,
        ContentRootPath = AppContext.BaseDirectory,
    });
}
