using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Jobs;

namespace VideoPipeline.GitHub;

internal static class GitHubServices
{
    public static IServiceCollection AddGitHub(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddValidated<GitHubOptions>(section);
        services.AddSingleton<IPostConfigureOptions<WorkerOptions>, NoLocalWorkers>();
        services.AddSingleton<WorkflowReports>();
        services.AddSingleton<RunUpdates>();
        services.AddSingleton<WorkflowDispatches>();
        services.AddSingleton<WebhookReceiver>();
        services.AddSingleton<GitHubClient>();
        services.AddHttpClient(GitHubClient.Name, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }).RemoveAllLoggers();
        services.AddHostedService<WorkflowDispatcher>();
        return services;
    }

    /// <summary>The jobs of a type that GitHub runs are left to it.</summary>
    private sealed class NoLocalWorkers(IOptions<GitHubOptions> github) : IPostConfigureOptions<WorkerOptions>
    {
        public void PostConfigure(string? name, WorkerOptions options)
        {
            options.Scrape = Of(JobType.Scrape, options.Scrape);
            options.Download = Of(JobType.Download, options.Download);
            options.Transform = Of(JobType.Transform, options.Transform);
            options.Publish = Of(JobType.Publish, options.Publish);
        }

        private int Of(JobType jobType, int workers) => github.Value.DispatchOf(jobType) is null ? workers : 0;
    }
}
