using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VideoPipeline.IntegrationTests.Notifications;

/// <summary>A notification as a receiver got it.</summary>
internal sealed record ReceivedNotification(string Path, string Id, bool IsSigned, JsonElement Body)
{
    public string Event => Body.GetProperty("type").GetString()!;

    public JsonElement Data => Body.GetProperty("data");
}

/// <summary>A receiver of webhooks on loopback, that checks signatures with code of its own and answers as a test wants.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly ConcurrentQueue<ReceivedNotification> _received = new();
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly WebApplication _app;

    private WebhookReceiver(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public IReadOnlyList<ReceivedNotification> Received => [.. _received];

    public string Url => _app.Urls.Single();

    /// <param name="port">0 for any.</param>
    public static async Task<WebhookReceiver> StartAsync(int port = 0)
    {
        var receiver = new WebhookReceiver(port);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The next request is answered with this status instead of 204.</summary>
    public void Answer(int status) => _answers.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = status is >= 300 and < 400 ? $"{Url}/elsewhere" : default(string);
        return Task.CompletedTask;
    });

    /// <summary>The next request is answered never.</summary>
    public void StaySilent() => _answers.Enqueue(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

    /// <summary>The settings of a webhook that leads here.</summary>
    public (string Name, string Value)[] Settings(string path = "/", int number = 0, string name = "tests") =>
    [
        ($"Notifications:Webhooks:{number}:Url", $"{Url}{path}"),
        ($"Notifications:Webhooks:{number}:Secret", Secret),
        ($"Notifications:Webhooks:{number}:Name", name),
        ("Notifications:AllowPrivateNetworks", "true"),
        ("Notifications:RetryDelay", "00:00:00.05"),
        ("Notifications:Timeout", "00:00:10"),
    ];

    public async Task<ReceivedNotification> UntilAsync(string name, string path = "/") => await Eventually.ValueAsync(
        () => Task.FromResult(_received.FirstOrDefault(received => received.Event == name && received.Path == path)), $"{name} arrives at {path}");

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        var signed = HMACSHA256.HashData(
            Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}"));
        var isFresh = Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(headers["webhook-timestamp"]!)) < 60;
        _received.Enqueue(new(
            context.Request.Path, headers["webhook-id"]!, isFresh && headers["webhook-signature"] == $"v1,{Convert.ToBase64String(signed)}", JsonElement.Parse(body)));
        if (_answers.TryDequeue(out var answer))
        {
            await answer(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}
