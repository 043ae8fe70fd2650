using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Local;

internal class KeySettings : LocalSettings
{
    [CommandOption("--json")]
    [Description("Print it as JSON")]
    public bool Json { get; init; }

    /// <summary>The same as <c>VideoPipeline.Server keys</c>, which does it.</summary>
    public async Task<int> RunAsync(Terminal terminal, CommandContext context, string[] arguments, CancellationToken cancellationToken)
    {
        using var said = new StringWriter();
        var exitCode = await KeysProgram.RunAsync(
            [.. arguments, .. Json ? ["--json"] : Array.Empty<string>(), .. ToArguments(context)], terminal.Output.Profile.Out.Writer, said, cancellationToken);
        var text = said.ToString().TrimEnd();
        if (exitCode != ExitCode.Ok && Json)
        {
            throw new CommandFailure(exitCode, text);
        }

        if (text.Length > 0)
        {
            terminal.Note(text);
        }

        return exitCode;
    }
}

internal sealed class KeyCreateCommand(Terminal terminal) : AsyncCommand<KeyCreateCommand.Settings>
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
        settings.RunAsync(terminal, context, ["create", settings.Name, "--role", settings.Role!], cancellationToken);
}

internal sealed class KeyListCommand(Terminal terminal) : AsyncCommand<KeySettings>
{
    public override Task<int> ExecuteAsync(CommandContext context, KeySettings settings, CancellationToken cancellationToken) => settings.RunAsync(terminal, context, ["list"], cancellationToken);
}

internal sealed class KeyRevokeCommand(Terminal terminal) : AsyncCommand<KeyRevokeCommand.Settings>
{
    internal sealed class Settings : KeySettings
    {
        [CommandArgument(0, "<KEY>")]
        [Description("Its name or id")]
        public required string Key { get; init; }
    }

    public override Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken) =>
        settings.RunAsync(terminal, context, ["revoke", settings.Key], cancellationToken);
}
