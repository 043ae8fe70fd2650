using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Channels;

internal class ChannelSettings : RemoteSettings
{
    [CommandArgument(0, "<CHANNEL>")]
    [Description("Its name or id")]
    public required string Channel { get; init; }
}

internal sealed class ChannelsCommand(Terminal terminal) : RemoteCommand<ListSettings>(terminal)
{
    protected override Task<int> RunAsync(ServiceClient service, ListSettings settings, CancellationToken cancellationToken) =>
        ShowListAsync(service, settings, "api/channels", ServiceJson.Default.ListAnswerChannelAnswer, Draw, cancellationToken);

    private void Draw(IReadOnlyList<ChannelAnswer> channels)
    {
        if (channels.Count == 0)
        {
            Terminal.Note("There are no channels. Add one: videopipeline channels add NAME URL-OR-FOLDER");
            return;
        }

        var table = Tables.New("ID#", "NAME", "KIND", "SOURCE", "TARGET", "SCHEDULE", "SCRAPED", "STATE");
        foreach (var channel in channels)
        {
            table.Row(
                $"{channel.Id}",
                channel.Name,
                channel.Source.Kind,
                channel.Source.Url,
                channel.Target.Path ?? channel.Target.Kind,
                channel.Cron ?? "-",
                Amounts.Time(channel.LastScrapedAt, Terminal.Time),
                channel.Pause is { } pause ? $"its source refuses until {Amounts.Time(pause.Until, Terminal.Time)}" : "");
        }

        Terminal.Write(table);
    }
}

internal sealed class ChannelShowCommand(Terminal terminal) : RemoteCommand<ChannelSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, ChannelSettings settings, CancellationToken cancellationToken)
    {
        var id = await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        var answer = await service.GetAsync($"api/channels/{id}", cancellationToken);
        return Show(service, settings, answer, ServiceJson.Default.ChannelAnswer, channel => Terminal.Write(ChannelView.Of(channel, Terminal.Time)));
    }
}

internal sealed class ChannelAddCommand(Terminal terminal) : RemoteCommand<ChannelAddCommand.Settings>(terminal)
{
    internal sealed class Settings : ChannelFields
    {
        [CommandArgument(0, "[NAME]")]
        [Description("Unique; also the name of its folder of published videos")]
        public string? Name { get; init; }

        [CommandArgument(1, "[URL-OR-FOLDER]")]
        [Description("Where its videos come from")]
        public string? Source { get; init; }

        [CommandOption("--if-missing")]
        [Description("Succeed when a channel of this name and source is there already; it stays as it is")]
        public bool IfMissing { get; init; }

        public override ValidationResult Validate() =>
            From is null && (Name is null || Source is null) ? ValidationResult.Error("NAME and URL-OR-FOLDER are needed, or --from FILE.") : base.Validate();
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var body = settings.ToBody(settings.Name, settings.Source);
        var name = Text(body["name"]);
        if (settings.IfMissing && await ChannelLookup.FindAsync(service, name, cancellationToken) is { } present)
        {
            var source = body["source"] as JsonObject;
            if (!SourceGuess.IsStoredAs(Text(source?["kind"]), Text(source?["url"]), present.Source.Url))
            {
                throw new CommandFailure(ExitCode.Failed, $"there is a channel {present.Name} already, but over {SafeText.Printable(present.Source.Url)}.");
            }

            return Show(
                service,
                settings,
                await service.GetAsync($"api/channels/{present.Id}", cancellationToken),
                ServiceJson.Default.ChannelAnswer,
                channel => Terminal.WriteRaw($"The channel {channel.Name} over {SafeText.Printable(channel.Source.Url)} is there already."));
        }

        var answer = await service.SendAsync(HttpMethod.Post, "api/channels", $"the channel {SafeText.Printable(settings.Source ?? name)}", cancellationToken, body);
        return Show(service, settings, answer, ServiceJson.Default.ChannelAnswer, channel =>
            Terminal.WriteRaw($"Added the channel {channel.Name} over {SafeText.Printable(channel.Source.Url)}, with the id {channel.Id}."));
    }

    // A file may have anything; what is no text is refused by the service.
    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;
}

internal sealed class ChannelChangeCommand(Terminal terminal) : RemoteCommand<ChannelChangeCommand.Settings>(terminal)
{
    internal sealed class Settings : ChannelFields
    {
        [CommandArgument(0, "<CHANNEL>")]
        [Description("Its name or id")]
        public required string Channel { get; init; }

        [CommandOption("--name <NAME>")]
        [Description("Its new name")]
        public string? Name { get; init; }

        [CommandOption("--source <URL-OR-FOLDER>")]
        [Description("Where its videos come from, from now on")]
        public string? Source { get; init; }

        [CommandOption("--clear <FIELD>")]
        [Description("Clears a field, or brings back its default, such as cron or filters; may be given several times")]
        public string[] Clear { get; init; } = [];
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var body = settings.ToBody(settings.Name, settings.Source);
        foreach (var field in settings.Clear)
        {
            body[field] = null;
        }

        if (body.Count == 0)
        {
            throw new CommandFailure(ExitCode.WrongUsage, "there is nothing to change. See 'videopipeline channels change --help'.");
        }

        var id = await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        var answer = await service.SendAsync(HttpMethod.Patch, $"api/channels/{id}", $"to change the channel {settings.Channel}", cancellationToken, body);
        return Show(service, settings, answer, ServiceJson.Default.ChannelAnswer, channel => Terminal.Write(ChannelView.Of(channel, Terminal.Time)));
    }
}

internal sealed class ChannelRemoveCommand(Terminal terminal) : RemoteCommand<ChannelSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, ChannelSettings settings, CancellationToken cancellationToken)
    {
        var id = await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        await service.SendAsync(HttpMethod.Delete, $"api/channels/{id}", $"to remove the channel {settings.Channel}", cancellationToken);
        if (!settings.Json)
        {
            Terminal.WriteRaw($"Removed the channel {SafeText.Printable(settings.Channel)}. Its jobs are cancelled, its videos stay.");
        }

        return ExitCode.Ok;
    }
}

internal sealed class ChannelResumeCommand(Terminal terminal) : RemoteCommand<ChannelSettings>(terminal)
{
    protected override async Task<int> RunAsync(ServiceClient service, ChannelSettings settings, CancellationToken cancellationToken)
    {
        var id = await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        var answer = await service.SendAsync(HttpMethod.Post, $"api/channels/{id}/resume", $"to resume the channel {settings.Channel}", cancellationToken);
        return Show(service, settings, answer, ServiceJson.Default.ChannelAnswer, channel =>
            Terminal.WriteRaw($"The source of the channel {channel.Name} is asked again from now on."));
    }
}
