using VideoPipeline;
using VideoPipeline.Server;
using VideoPipeline.Server.Api;
using VideoPipeline.Server.Dashboard;
using VideoPipeline.Server.Requests;

// The settings lie beside the program; the data folder is relative to the working directory.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var start = new ServiceStart(builder);
builder.Services.AddVideoPipeline(builder.Configuration);
builder.Services.AddApi();

var app = builder.Build();
app.UseRequestRules();
app.MapApi();
app.MapDashboard();
return await start.RunAsync(app);
