using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VideoPipeline.Cli;

/// <summary>Ends a command with this exit code and message.</summary>
/// <param name="hint">What its user can do about it.</param>
/// <param name="problem">The service's own problem details, as they came.</param>
internal sealed class CommandFailure(int exitCode, string message, string? hint = null, string? problem = null, Exception? inner = null) : Exception(message, inner)
{
    // For a terminal or a program, never inside a web page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int ExitCode => exitCode;

    public string? Hint => hint;

    /// <summary>As problem details, RFC 9457: those of the service, or the same fields by us. Always one line.</summary>
    public string ToJson() =>
        problem ?? new JsonObject { ["title"] = Title(exitCode), ["detail"] = Message, ["exitCode"] = exitCode }.ToJsonString(Readable);

    private static string Title(int exitCode) => exitCode switch
    {
        Cli.ExitCode.WrongUsage => "Wrong usage",
        Cli.ExitCode.NotReachable => "Service not reachable",
        Cli.ExitCode.NotAuthorised => "Not authorised",
        Cli.ExitCode.NotFound => "Not found",
        _ => "Failed",
    };
}
