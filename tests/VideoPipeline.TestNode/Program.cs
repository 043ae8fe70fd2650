using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VideoPipeline;
using VideoPipeline.Jobs;
using VideoPipeline.Stages;
using VideoPipeline.TestNode;

// A node whose stages take random time and leave one line each in a log, for tests that kill nodes. Everything else is the
// product's own. The settings come from the environment; a line on the standard output says when it has started.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.TimestampFormat = "HH:mm:ss.fff ";
}).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
builder.Services.AddVideoPipeline(builder.Configuration);
builder.Services.RemoveAll<IStage>();
foreach (var jobType in JobTypes.All)
{
    builder.Services.AddSingleton<IStage>(new LoggedStage(jobType, builder.Configuration));
}

using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
await host.WaitForShutdownAsync();
