using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Stages.Download;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Publish;
using VideoPipeline.Stages.Publish.YouTube;
using VideoPipeline.Stages.Scrape;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YouTube;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Stages;

internal static class StageServices
{
    /// <summary>
    /// The four stages and what they work with, the artifact store too. Needs <see cref="PipelineFolders"/>, <see cref="TimeProvider"/>,
    /// <see cref="Jobs.RetryOptions"/> and the database's contexts from elsewhere.
    /// </summary>
    public static IServiceCollection AddStages(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddValidated<FfmpegOptions>(section.GetSection("Ffmpeg"));
        services.AddValidated<MediaLimits>(section.GetSection("Media"));
        services.AddProfiles(section.GetSection("Profiles"));
        services.AddValidated<DownloadOptions>(section.GetSection("Download"));
        services.AddValidated<YouTubeOptions>(section.GetSection("YouTube"));
        AddClient(services, HttpDownload.PublicClient, guarded: true);
        AddClient(services, HttpDownload.AnywhereClient, guarded: false);
        services.AddValidated<SourceOptions>(section.GetSection("Sources"));
        services.AddValidated<YtDlpOptions>(section.GetSection("YtDlp"));
        services.AddHosted<LeftoverWork>();
        services.AddHosted<YtDlpVersion>();
        return services
            .AddArtifacts(section.GetSection("Artifacts"))
            .AddSingleton<MediaProbe>()
            .AddSingleton<Ffmpeg>()
            .AddSingleton<SmallPictures>()
            .AddSingleton<HardwareEncoders>()
            .AddSingleton<SourcePauses>()
            .AddSingleton<IVideoSource, FolderSource>()
            .AddSingleton<IVideoSource, FeedSource>()
            .AddSingleton<IVideoSource, YtDlpSource>()
            .AddSingleton<IVideoSource, YouTubeSource>()
            .AddSingleton<YtDlpProgram>()
            .AddSingleton<YtDlpDownload>()
            .AddSingleton<DiskSpace>()
            .AddSingleton<FileFetch>()
            .AddSingleton<HttpDownload>()
            .AddSingleton<YouTubeCredentials>()
            .AddSingleton<QuotaLedger>()
            .AddSingleton<YouTubeClient>()
            .AddSingleton<PublishIntents>()
            .AddSingleton<YouTubeUpload>()
            .AddSingleton<YouTubeInsert>()
            .AddSingleton<YouTubeFinish>()
            .AddSingleton<IPublishTarget, FolderTarget>()
            .AddSingleton<IPublishTarget, YouTubeTarget>()
            .AddSingleton<IStage, ScrapeStage>()
            .AddSingleton<IStage, DownloadStage>()
            .AddSingleton<IStage, TransformStage>()
            .AddSingleton<IStage, PublishStage>();
    }

    private static void AddProfiles(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddSingleton(new SettingsSection(section.Path, Options: null));
        services.AddSingleton<IConfigureOptions<TransformProfileOptions>>(new TransformProfileSettings(section));
        services.AddOptions<TransformProfileOptions>().ValidateOnStart();
        services.AddSingleton(provider => new TransformProfiles(provider.GetRequiredService<IOptions<TransformProfileOptions>>().Value.Profiles));
    }

    private static void AddClient(IServiceCollection services, string name, bool guarded) => services
        .AddHttpClient(name, client =>
        {
            // A file takes as long as it takes; silence is what is limited.
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("VideoPipeline/1.0");
        })

        // URLs can hold secrets; they don't belong into the log.
        .RemoveAllLoggers()
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // A proxy would be connected to in the target's stead and reach for us what the guard refuses.
            UseProxy = !guarded,
            UseCookies = false,
            MaxAutomaticRedirections = HttpDownload.MaxRedirects,

            // Redirects are new connections, so they come by the guard too. Those from https to http aren't followed.
            ConnectCallback = guarded ? NetworkGuard.ConnectAsync : null,
        });
}
