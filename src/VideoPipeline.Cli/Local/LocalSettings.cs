using System.ComponentModel;
using Spectre.Console.Cli;

namespace VideoPipeline.Cli.Local;

/// <summary>What every command takes that works with the service's own settings, on its machine.</summary>
internal class LocalSettings : CommandSettings
{
    [CommandOption("--data <FOLDER>")]
    [Description("The service's data folder. Else VideoPipeline__DataDirectory, else the folder data here")]
    public string? Data { get; init; }

    /// <summary>The service's settings as its program takes them: those that the options stand for, and what follows after <c>--</c>.</summary>
    public string[] ToArguments(CommandContext context) =>
        [.. Data is null ? Array.Empty<string>() : [$"--VideoPipeline:DataDirectory={Data}"], .. context.Remaining.Raw];
}
