using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;
using VideoPipeline.Cli.Videos;

namespace VideoPipeline.Cli.Watch;

internal sealed class WatchCommand(Terminal terminal) : RemoteCommand<WatchCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandOption("-c|--channel <CHANNEL>")]
        [Description("Only this channel: its name or id")]
        public string? Channel { get; init; }

        [CommandOption("--until-done")]
        [Description("End when no job waits or runs any more")]
        public bool UntilDone { get; init; }

        [CommandOption("--results")]
        [Description("With --until-done: then show what became of the videos that were worked on")]
        public bool Results { get; init; }

        [CommandOption("--fail")]
        [Description("With --until-done: exit code 1 when a job has failed meanwhile")]
        public bool Fail { get; init; }

        public override ValidationResult Validate() => this switch
        {
            { UntilDone: false, Results: true } => ValidationResult.Error("--results needs --until-done."),
            { UntilDone: false, Fail: true } => ValidationResult.Error("--fail needs --until-done."),
            { Json: true, Fail: true } or { Json: true, Results: true } => ValidationResult.Error("With --json there is nothing but the events."),
            _ => base.Validate(),
        };
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var channelId = await ChannelLookup.IdOrAllAsync(service, settings.Channel, cancellationToken);
        var watcher = new Watcher(service, Terminal, channelId);
        if (settings.Json)
        {
            await watcher.WriteJsonAsync(settings.UntilDone, cancellationToken);
            return ExitCode.Ok;
        }

        var began = Terminal.Time.GetUtcNow();
        var before = settings.Fail ? await FailuresAsync() : [];
        var board = await watcher.RunAsync(settings.UntilDone, cancellationToken);
        if (settings.Fail)
        {
            // The events have gaps: the service leaves them out when too much changes at once, and while it restarts.
            board.SetFailed((await FailuresAsync()).Except(before).Select(failure => failure.Id));
        }

        if (settings.Results)
        {
            var videos = await AllAsync(service, VideoResults.PathOf(channelId), ServiceJson.Default.ListAnswerVideoAnswer, cancellationToken);
            VideoResults.Show(Terminal, VideoResults.Since(videos, began), began);
        }
        else
        {
            Terminal.WriteRaw($"{board.Summary()}.");
        }

        return settings.Fail && board.Failed > 0 ? ExitCode.Failed : ExitCode.Ok;

        // With the time, since a job may have failed before, and again now.
        async Task<IEnumerable<(long Id, DateTimeOffset? At)>> FailuresAsync()
        {
            var path = ServiceClient.Path("api/jobs?status=failed&limit=500", ("channelId", channelId?.ToString()));
            var failed = await AllAsync(service, path, ServiceJson.Default.ListAnswerJobAnswer, cancellationToken);
            return failed.Select(job => (job.Id, job.CompletedAt));
        }
    }
}
