using Spectre.Console.Cli;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Local;

/// <summary>The same as <c>VideoPipeline.Server youtube-login</c>.</summary>
internal sealed class YouTubeLoginCommand : AsyncCommand<EmptyCommandSettings>
{
    public override Task<int> ExecuteAsync(CommandContext context, EmptyCommandSettings settings, CancellationToken cancellationToken) =>
        YouTubeLogin.RunAsync([.. context.Remaining.Raw], Console.Out, Console.Error);
}
