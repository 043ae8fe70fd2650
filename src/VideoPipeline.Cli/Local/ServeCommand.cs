using System.ComponentModel;
using Spectre.Console.Cli;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Local;

/// <summary>Runs the service in this process, with the same settings and the same start as <c>VideoPipeline.Server</c>.</summary>
internal sealed class ServeCommand : AsyncCommand<ServeCommand.Settings>
{
    internal sealed class Settings : LocalSettings
    {
        [CommandOption("--url <URL>")]
        [Description("Where it listens. Else ASPNETCORE_URLS, else http://127.0.0.1:5080; port 0 is any free one")]
        public string? Url { get; init; }
    }

    public override Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken) =>
        ServiceProgram.RunAsync([.. settings.Url is null ? Array.Empty<string>() : [$"--urls={settings.Url}"], .. settings.ToArguments(context)]);
}
