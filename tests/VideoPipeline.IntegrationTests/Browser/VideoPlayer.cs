using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace VideoPipeline.IntegrationTests.Browser;

/// <summary>What a browser says of a video that it has played.</summary>
/// <param name="Time">How far it got, in seconds.</param>
internal sealed record PlayedVideo(double Time, double Duration, int Width, int Height);

/// <summary>A page that has nothing but a video, from a server on a loopback port.</summary>
internal sealed class VideoPlayer : IAsyncDisposable
{
    private const string Play = """
        async () => {
          const video = document.querySelector('video');
          const settled = (event, test) => new Promise((resolve, reject) => {
            const look = () => { if (test()) resolve(); };
            video.addEventListener(event, look);
            video.addEventListener('error', () => reject(new Error(video.error.message || `error ${video.error.code}`)));
            setTimeout(() => reject(new Error(`no ${event}: ready ${video.readyState}, at ${video.currentTime}`)), 30000);
            look();
          });
          await settled('canplaythrough', () => video.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA);
          await video.play();
          await settled('timeupdate', () => video.ended || video.currentTime >= Math.min(0.2, video.duration / 2));
          return { time: video.currentTime, duration: video.duration, width: video.videoWidth, height: video.videoHeight };
        }
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication _server;
    private readonly IPage _page;
    private readonly ConcurrentDictionary<string, string> _files;

    private VideoPlayer(WebApplication server, IPage page, ConcurrentDictionary<string, string> files)
    {
        _server = server;
        _page = page;
        _files = files;
    }

    public static async Task<VideoPlayer> StartAsync()
    {
        var files = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/page/{name}", (string name) => Results.Content($"<!doctype html><video muted src=\"/video/{name}\"></video>", "text/html"));
        server.MapGet("/video/{name}", (string name) => Results.File(files[name], "video/mp4", enableRangeProcessing: true));
        await server.StartAsync();
        return new(server, await PageServer.Browser.NewPageAsync(), files);
    }

    /// <summary>Plays the beginning of a file.</summary>
    /// <exception cref="PlaywrightException">The browser can't; the message has its reason.</exception>
    public async Task<PlayedVideo> PlayAsync(string path)
    {
        var name = $"{_files.Count}.mp4";
        _files[name] = path;
        var address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await _page.GotoAsync($"{address}/page/{name}");
        return (await _page.EvaluateAsync(Play))!.Value.Deserialize<PlayedVideo>(Json)!;
    }

    public async ValueTask DisposeAsync()
    {
        await _page.CloseAsync();
        await _server.DisposeAsync();
    }
}
