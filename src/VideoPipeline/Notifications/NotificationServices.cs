using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VideoPipeline.Stages.Download;

namespace VideoPipeline.Notifications;

internal static class NotificationServices
{
    public static void AddNotifications(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddValidated<NotificationOptions>(section);
        services.AddSingleton<NotificationOutbox>();
        services.AddSingleton<NotificationRows>();
        services.AddSingleton<WebhookClient>();
        services.AddHostedService<NotificationDelivery>();
        AddClient(services, WebhookClient.GuardedClient, guarded: true);
        AddClient(services, WebhookClient.AnywhereClient, guarded: false);
    }

    private static void AddClient(IServiceCollection services, string name, bool guarded) => services
        .AddHttpClient(name, client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("VideoPipeline/1.0");
        })

        // URLs can hold secrets; they don't belong into the log.
        .RemoveAllLoggers()
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // A proxy would reach for us what the guard refuses; a redirect could lead the secret's proof elsewhere.
            UseProxy = !guarded,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = guarded ? NetworkGuard.ConnectAsync : null,
        });
}
