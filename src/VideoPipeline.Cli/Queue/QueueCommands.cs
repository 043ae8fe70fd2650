using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Queue;

internal sealed class QueueCommand(Terminal terminal) : RemoteCommand<RemoteSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, RemoteSettings settings, CancellationToken cancellationToken) =>
        Show(
            service,
            settings,
            await service.GetAsync("api/queue", cancellationToken),
            ServiceJson.Default.QueueAnswer,
            queue => Terminal.Write(QueueTable.Of(queue, Terminal.Time)));
}

internal sealed class PauseCommand(Terminal terminal) : RemoteCommand<PauseCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "[TYPE]")]
        [Description("scrape, download, transform or publish; all if not given")]
        public string? JobType { get; init; }

        [CommandOption("-r|--reason <TEXT>")]
        [Description("Why; shown to everybody who wonders")]
        public string? Reason { get; init; }

        [CommandOption("--until <TIME>")]
        [Description("When it ends by itself, such as 2030-01-31T18:00:00Z; without an offset in the time zone of this machine")]
        public string? Until { get; init; }

        [CommandOption("--for <DURATION>")]
        [Description("How long, such as 30s, 45m, 2h, 1h30m or 3d")]
        public string? For { get; init; }

        public override ValidationResult Validate() => this switch
        {
            { Until: not null, For: not null } => ValidationResult.Error("--until and --for: give one of them."),
            { Until: { } until } when PauseEnd.OfTime(until, TimeZoneInfo.Utc) is null => ValidationResult.Error($"--until: '{until}' is no time such as 2030-01-31T18:00:00Z."),
            { For: { } length } when PauseEnd.OfDuration(length) is null => ValidationResult.Error($"--for: '{length}' is no duration such as 45m or 1h30m."),
            _ => base.Validate(),
        };
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var time = Terminal.Time;
        DateTimeOffset? until = settings.Until is not null ? PauseEnd.OfTime(settings.Until, time.LocalTimeZone)
            : settings.For is not null ? time.GetUtcNow() + PauseEnd.OfDuration(settings.For)
            : null;
        var body = new JsonObject { ["jobType"] = settings.JobType, ["reason"] = settings.Reason, ["until"] = until?.UtcDateTime };
        return Show(
            service,
            settings,
            await service.SendAsync(HttpMethod.Post, "api/queue/pause", "to pause", cancellationToken, body),
            ServiceJson.Default.QueueAnswer,
            queue => Terminal.Write(QueueTable.Of(queue, time)));
    }
}

internal sealed class ResumeCommand(Terminal terminal) : RemoteCommand<ResumeCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "[TYPE]")]
        [Description("scrape, download, transform or publish; every pause if not given")]
        public string? JobType { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken) =>
        Show(
            service,
            settings,
            await service.SendAsync(HttpMethod.Post, "api/queue/resume", "to resume", cancellationToken, new JsonObject { ["jobType"] = settings.JobType }),
            ServiceJson.Default.QueueAnswer,
            queue => Terminal.Write(QueueTable.Of(queue, Terminal.Time)));
}
