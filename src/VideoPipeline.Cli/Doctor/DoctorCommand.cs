using System.ComponentModel;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Cli;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Local;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Looks at everything that the service needs on this machine, with the service's own settings.</summary>
internal sealed class DoctorCommand(Terminal terminal) : AsyncCommand<DoctorCommand.Settings>
{
    internal sealed class Settings : LocalSettings
    {
        [CommandOption("--offline")]
        [Description("Don't ask YouTube whether the sign-in still works, which costs one unit of its quota")]
        public bool Offline { get; init; }

        [CommandOption("--json")]
        [Description("Print a JSON object: ok, and checks with name, state, says and mend")]
        public bool Json { get; init; }
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var arguments = settings.ToArguments(context);
        var findings = await terminal.WaitAsync(() => ExaminationAsync(arguments, settings.Offline, cancellationToken), "Looking at ffmpeg, yt-dlp, the database, the store ...");
        var ok = findings.TrueForAll(finding => finding.State != FindingState.Failed);
        if (settings.Json)
        {
            terminal.WriteRaw(ToJson(findings, ok));
        }
        else
        {
            Draw(findings);
        }

        return ok ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<List<Finding>> ExaminationAsync(string[] arguments, bool offline, CancellationToken cancellationToken)
    {
        // What is loaded and looked up first would hold up the note that says what is waited for.
        await Task.Yield();
        var findings = new List<Finding>();
        await foreach (var finding in Examination.RunAsync(arguments, offline, cancellationToken))
        {
            findings.Add(finding);
        }

        return findings;
    }

    private void Draw(List<Finding> findings)
    {
        var table = Tables.New("CHECK", "STATE", "SAYS");
        foreach (var finding in findings)
        {
            var (word, colour) = finding.State switch
            {
                FindingState.Ok => ("ok", Color.Green),
                FindingState.Warning => ("warning", Color.Yellow),
                _ => ("FAILS", Color.Red),
            };
            table.AddRow(
                new Text(finding.Name), new Text(word, new Style(colour)), new Text(SafeText.Printable(finding.Says) + (finding.Mend is null ? "" : $"\n-> {SafeText.Printable(finding.Mend)}")));
        }

        terminal.Write(table);
        terminal.WriteRaw(string.Empty);
        var (failed, warnings) = (findings.Count(finding => finding.State == FindingState.Failed), findings.Count(finding => finding.State == FindingState.Warning));
        terminal.WriteRaw(failed + warnings == 0 ? "Everything is all right." : $"{Amounts.Plural(failed, "failure")}, {Amounts.Plural(warnings, "warning")}.");
    }

    private static string ToJson(List<Finding> findings, bool ok) => new JsonObject
    {
        ["ok"] = ok,
        ["checks"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
        {
            ["name"] = finding.Name,
            ["state"] = LowerCaseEnum<FindingState>.Name(finding.State),
            ["says"] = finding.Says,
            ["mend"] = finding.Mend,
        })]),
    }.ToJsonString();
}
