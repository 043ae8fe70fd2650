using System.Globalization;
using VideoPipeline;
using VideoPipeline.Server;
using VideoPipeline.Server.Api;
using VideoPipeline.Server.Dashboard;
using VideoPipeline.Server.Requests;

// The same on every machine, whatever its language: the system's cultures are loaded for SQL Server's client alone.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

if (await ProgramVerb.RunAsync(args, Console.Out, Console.Error) is { } exitCode)
{
    return exitCode;
}

// The settings lie beside the program; the data folder is relative to the working directory.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var start = new ServiceStart(builder);
builder.Services.AddVideoPipeline(builder.Configuration);
builder.Services.AddApi();

return await start.RunAsync(() =>
{
    var app = builder.Build();
    app.UseRequestRules();
    app.MapApi();
    app.MapDashboard();
    return app;
});
