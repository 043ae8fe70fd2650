using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace VideoPipeline.Benchmarks;

/// <summary>The service without its web server.</summary>
internal static class EmbeddedHost
{
    public static async Task<IHost> StartAsync(string folder, Action<IServiceCollection>? change, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("DataDirectory", folder)).Select(setting => KeyValuePair.Create($"VideoPipeline:{setting.Item1}", (string?)setting.Item2)));
        builder.Services.AddVideoPipeline(builder.Configuration);
        change?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <param name="interval">Looking costs processor time that is measured, too.</param>
    public static async Task UntilAsync(Func<Task<bool>> reached, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        var limit = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            if (TimeProvider.System.GetElapsedTime(limit) > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException("A benchmark's round doesn't end.");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
