using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Local;

internal class KeySettings : CommandSettings
{
    [CommandOption("--data <FOLDER>")]
    [Description("The service's data folder. Else VideoPipeline__DataDirectory, else the folder data here")]
    public string? Data { get; init; }

    [CommandOption("--json")]
    [Description("Print it as JSON")]
    public bool Json { get; init; }

    /// <summary>The same as <c>VideoPipeline.Server keys</c>, which does it.</summary>
    public async Task<int> RunAsync(CommandContext context, params string[] arguments) =>
        await ProgramVerb.RunAsync(
            [
                "keys", .. arguments, .. Json ? ["--json"] : Array.Empty<string>(),
                .. Data is null ? Array.Empty<string>() : [$"--VideoPipeline:DataDirectory={Data}"], .. context.Remaining.Raw,
            ],
            Console.Out,
            Console.Error) ?? ExitCode.WrongUsage;
}

internal sealed class KeyCreateCommand : AsyncCommand<KeyCreateCommand.Settings>
{
    internal sealed class Settings : KeySettings
    {
        [CommandArgument(0, "<NAME>")]
        [Description("Whose it is, or what it is for")]
        public required string Name { get; init; }

        [CommandOption("--role <ROLE>")]
        [Description("read: look at everything; operate: also change things")]
        public string? Role { get; init; }

        public override ValidationResult Validate() =>
            Role is "read" or "operate" ? ValidationResult.Success() : ValidationResult.Error("--role must be read or operate.");
    }

    public override Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken) =>
        settings.RunAsync(context, "create", settings.Name, "--role", settings.Role!);
}

internal sealed class KeyListCommand : AsyncCommand<KeySettings>
{
    public override Task<int> ExecuteAsync(CommandContext context, KeySettings settings, CancellationToken cancellationToken) => settings.RunAsync(context, "list");
}

internal sealed class KeyRevokeCommand : AsyncCommand<KeyRevokeCommand.Settings>
{
    internal sealed class Settings : KeySettings
    {
        [CommandArgument(0, "<KEY>")]
        [Description("Its name or id")]
        public required string Key { get; init; }
    }

    public override Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken) =>
        settings.RunAsync(context, "revoke", settings.Key);
}
