using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Cli.Videos;
using VideoPipeline.Cli.Watch;

namespace VideoPipeline.Cli.Channels;

internal sealed class ChannelScrapeCommand(Terminal terminal) : RemoteCommand<ChannelScrapeCommand.Settings>(terminal)
{
    internal sealed class Settings : ChannelSettings
    {
        [CommandOption("-f|--follow")]
        [Description("Show the channel's jobs until all have ended, and then what became of its videos. Joins a scrape that waits or runs")]
        public bool Follow { get; init; }

        public override ValidationResult Validate() =>
            Follow && Json ? ValidationResult.Error("--follow and --json: give one of them. See 'videopipeline watch --json'.") : base.Validate();
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var id = await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        var began = Terminal.Time.GetUtcNow();
        var present = settings.Follow ? await LatestAsync(service, id, cancellationToken) : null;
        if (present is not { IsActive: true })
        {
            var answer = await service.SendAsync(HttpMethod.Post, $"api/channels/{id}/scrape", $"to scrape the channel {settings.Channel}", cancellationToken);
            if (!settings.Follow)
            {
                return Show(service, settings, answer, ServiceJson.Default.JobAnswer, job => Terminal.WriteRaw($"Job {job.Id} scrapes it: {job.Status}."));
            }
        }

        await new Watcher(service, Terminal, id).RunAsync(untilDone: true, cancellationToken);
        if (await LatestAsync(service, id, cancellationToken) is { Status: not "completed" } scrape)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"the channel {SafeText.Printable(settings.Channel)} can't be listed: {SafeText.Printable(scrape.ErrorMessage ?? scrape.Status)}",
                $"See 'videopipeline job {scrape.Id}'.");
        }

        var videos = await AllAsync(service, VideoResults.PathOf(id), ServiceJson.Default.ListAnswerVideoAnswer, cancellationToken);
        if (videos.Count == 0)
        {
            var channel = await service.GetAsync($"api/channels/{id}", ServiceJson.Default.ChannelAnswer, cancellationToken);
            Terminal.WriteRaw($"The channel {channel.Name} has no videos: there are none in {SafeText.Printable(channel.Source.Url)}.");
            return ExitCode.Ok;
        }

        VideoResults.Show(Terminal, videos, began);
        return ExitCode.Ok;
    }

    private static async Task<JobAnswer?> LatestAsync(ServiceClient service, long channelId, CancellationToken cancellationToken)
    {
        var scrapes = await service.GetAsync(
            $"api/jobs?channelId={channelId}&jobType=scrape&limit=1", ServiceJson.Default.ListAnswerJobAnswer, cancellationToken);
        return scrapes.Items is [var latest, ..] ? latest : null;
    }
}
