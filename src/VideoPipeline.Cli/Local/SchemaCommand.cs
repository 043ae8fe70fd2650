using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Database;

namespace VideoPipeline.Cli.Local;

/// <summary>The same as <c>VideoPipeline.Server schema</c>.</summary>
internal sealed class SchemaCommand(Terminal terminal) : Command<SchemaCommand.Settings>
{
    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<DATABASE>")]
        [Description("PostgreSql or SqlServer")]
        public required string Database { get; init; }

        public override ValidationResult Validate() => IsNamed("PostgreSql") || IsNamed("SqlServer")
            ? ValidationResult.Success() : ValidationResult.Error("DATABASE must be PostgreSql or SqlServer: the tables of SQLite are the service's own.");

        public bool IsNamed(string name) => name.Equals(Database, StringComparison.OrdinalIgnoreCase);
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        terminal.Output.Profile.Out.Writer.Write(SchemaScript.Of(settings.IsNamed("SqlServer") ? StorageMode.SqlServer : StorageMode.PostgreSql));
        return ExitCode.Ok;
    }
}
