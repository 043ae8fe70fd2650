using Spectre.Console.Cli;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Local;

/// <summary>The same as <c>VideoPipeline.Server youtube-login</c>.</summary>
internal sealed class YouTubeLoginCommand(Terminal terminal) : AsyncCommand<LocalSettings>
{
    public override Task<int> ExecuteAsync(CommandContext context, LocalSettings settings, CancellationToken cancellationToken) =>
        YouTubeLogin.RunAsync(settings.ToArguments(context), terminal.Output.Profile.Out.Writer, terminal.Errors.Profile.Out.Writer);
}
