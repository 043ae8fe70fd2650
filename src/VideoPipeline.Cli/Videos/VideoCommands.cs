using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Channels;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Videos;

internal sealed class AddCommand(Terminal terminal) : RemoteCommand<AddCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "<URL>")]
        [Description("http(s), or a file in the channel's folder")]
        public required string Video { get; init; }

        [CommandOption("-c|--channel <CHANNEL>")]
        [Description("The channel's name or id. May be left out while there is only one")]
        public string? Channel { get; init; }

        [CommandOption("--title <TITLE>")]
        [Description("Default the file's name")]
        public string? Title { get; init; }

        [CommandOption("--priority <0-10>")]
        [Description("Higher first. Default the channel's")]
        public int? Priority { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var channelId = settings.Channel is null
            ? await OnlyChannelAsync(service, cancellationToken)
            : await ChannelLookup.IdAsync(service, settings.Channel, cancellationToken);
        var body = new JsonObject
        {
            ["channelId"] = channelId,
            ["url"] = SourceGuess.IsFolder(settings.Video) ? SourceGuess.FolderPath(settings.Video) : settings.Video,
            ["title"] = settings.Title,
            ["priority"] = settings.Priority,
        };
        var answer = await service.SendAsync(HttpMethod.Post, "api/videos", $"the video {SafeText.Printable(settings.Video)}", cancellationToken, body);
        return Show(service, settings, answer, ServiceJson.Default.VideoAnswer, video => Terminal.Write(VideoView.Of(video, Terminal.Time)));
    }

    private static async Task<long> OnlyChannelAsync(ServiceClient service, CancellationToken cancellationToken)
    {
        var channels = await service.GetAsync("api/channels?limit=2", ServiceJson.Default.ListAnswerChannelAnswer, cancellationToken);
        return channels.Items is [var only] ? only.Id
            : throw new CommandFailure(ExitCode.WrongUsage, "--channel is needed: there isn't exactly one channel.", "See 'videopipeline channels'.");
    }
}

internal sealed class VideosCommand(Terminal terminal) : RemoteCommand<VideosCommand.Settings>(terminal)
{
    internal sealed class Settings : ListSettings
    {
        [CommandOption("-c|--channel <CHANNEL>")]
        [Description("Only of this channel: its name or id")]
        public string? Channel { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken)
    {
        var channelId = await ChannelLookup.IdOrAllAsync(service, settings.Channel, cancellationToken);
        return await ShowListAsync(
            service, settings, ServiceClient.Path("api/videos", ("channelId", channelId?.ToString())), ServiceJson.Default.ListAnswerVideoAnswer, Draw, cancellationToken);
    }

    private void Draw(IReadOnlyList<VideoAnswer> videos)
    {
        if (videos.Count == 0)
        {
            Terminal.Note("There are no videos.");
            return;
        }

        Terminal.Write(VideoTable.Of(videos, withIds: true));
    }
}

internal sealed class VideoCommand(Terminal terminal) : RemoteCommand<VideoCommand.Settings>(terminal)
{
    internal sealed class Settings : RemoteSettings
    {
        [CommandArgument(0, "<ID>")]
        [Description("The video's id")]
        public long Id { get; init; }
    }

    protected override async Task<int> RunAsync(ServiceClient service, Settings settings, CancellationToken cancellationToken) =>
        Show(
            service,
            settings,
            await service.GetAsync($"api/videos/{settings.Id}", cancellationToken),
            ServiceJson.Default.VideoAnswer,
            video => Terminal.Write(VideoView.Of(video, Terminal.Time)));
}
