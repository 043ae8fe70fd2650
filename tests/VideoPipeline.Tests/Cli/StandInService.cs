using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace VideoPipeline.Tests.Cli;

/// <summary>Answers on the loopback interface as the test wants it: what a real service does too rarely to wait for.</summary>
internal sealed class StandInService : IAsyncDisposable
{
    private readonly WebApplication _application;

    private StandInService(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public static async Task<StandInService> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return new(application);
    }

    /// <summary>Answers each path, with its query, by this JSON; everything else is 404.</summary>
    public static Task<StandInService> StartAsync(IReadOnlyDictionary<string, string> answers) => StartAsync(async context =>
    {
        if (answers.TryGetValue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", out var answer))
        {
            await context.Response.WriteAsync(answer);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    });

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
