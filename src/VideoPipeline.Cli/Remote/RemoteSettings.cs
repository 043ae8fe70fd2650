using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace VideoPipeline.Cli.Remote;

/// <summary>What every command takes that talks to a running service.</summary>
internal class RemoteSettings : CommandSettings
{
    [CommandOption("--url <URL>")]
    [Description("Where the service is. Else VIDEOPIPELINE_URL, else http://127.0.0.1:5080")]
    public string? Url { get; init; }

    [CommandOption("--key <KEY>")]
    [Description("The API key. Others on this machine may see it; better set VIDEOPIPELINE_API_KEY, or use --key-file")]
    public string? Key { get; init; }

    [CommandOption("--key-file <FILE>")]
    [Description("A file that has the API key, and nothing else; - for standard input. Else VIDEOPIPELINE_API_KEY")]
    public string? KeyFile { get; init; }

    [CommandOption("--json")]
    [Description("Print the API's answer as it is; errors as problem details on standard error")]
    public bool Json { get; init; }

    public override ValidationResult Validate() =>
        Key is not null && KeyFile is not null ? ValidationResult.Error("--key and --key-file: give one of them.") : ValidationResult.Success();
}

/// <summary>For lists.</summary>
internal class ListSettings : RemoteSettings
{
    private const int DefaultLimit = 20;

    [CommandOption("-n|--limit <COUNT>")]
    [Description("How many at most, from 1 to 500: the newest. Default 20, with --json 100")]
    public int? Limit { get; init; }

    [CommandOption("--cursor <CURSOR>")]
    [Description("Go on after the part whose nextCursor this is")]
    public string? Cursor { get; init; }

    [CommandOption("-a|--all")]
    [Description("All of them")]
    public bool All { get; init; }

    /// <summary>The page that is asked for.</summary>
    public string PageOf(string path) => ServiceClient.Path(
        path, ("limit", Limit?.ToString() ?? (All ? "500" : Json ? null : DefaultLimit.ToString())), ("cursor", Cursor));

    public override ValidationResult Validate() => this switch
    {
        { Limit: < 1 or > 500 } => ValidationResult.Error("--limit must be from 1 to 500."),
        { All: true, Limit: not null } => ValidationResult.Error("--all and --limit: give one of them."),
        _ => base.Validate(),
    };
}
