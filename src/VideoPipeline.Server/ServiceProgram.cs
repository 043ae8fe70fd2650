using System.Text.Json;
using Microsoft.Extensions.Options;
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
        WebApplicationBuilder builder;
        try
        {
            builder = CreateBuilder(settings);
        }
        catch (OptionsValidationException exception)
        {
            return await ServiceStart.RefuseAsync(string.Join(' ', exception.Failures));
        }

        return await new ServiceStart(builder).RunAsync(() => Build(builder));
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
    /// <exception cref="OptionsValidationException">A file of settings can't be read.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        try
        {
            return WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = settings,
                ApplicationName = typeof(ServiceProgram).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            });
        }
        catch (InvalidDataException exception)
        {
            // It names the file; what is wrong there is further in.
            throw new OptionsValidationException(Options.DefaultName, typeof(IConfiguration), [$"{exception.Message} {Reason(exception.GetBaseException())}"]);
        }
    }

    private static string Reason(Exception exception) => exception switch
    {
        JsonException { LineNumber: { } line, BytePositionInLine: { } position } => $"It is no valid JSON in line {line + 1}, at or before byte {position + 1} of it.",
        InvalidDataException => "It is no valid JSON.",
        _ => exception.Message,
    };
}
