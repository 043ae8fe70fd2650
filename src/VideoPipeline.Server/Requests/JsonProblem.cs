using System.Text.Json;
using System.Text.RegularExpressions;

namespace VideoPipeline.Server.Requests;

/// <summary>Says what is wrong with a JSON body in its sender's words: the field, and what it must be.</summary>
internal static partial class JsonProblem
{
    public static (string Field, string Problem) Of(JsonException exception)
    {
        // The parser's own complaints are about the text, not about a field, wherever it had got to.
        if (exception.InnerException is JsonException)
        {
            return ("body", $"is not valid JSON, line {exception.LineNumber + 1}");
        }

        var path = exception.Path is { Length: > 1 } given ? given.TrimStart('$').TrimStart('.') : null;
        var unknown = UnknownField().Match(exception.Message);
        if (unknown.Success)
        {
            return (WithName(path, unknown.Groups["name"].Value), "is unknown");
        }

        var twice = DuplicateField().Match(exception.Message);
        if (twice.Success)
        {
            return (WithName(path, twice.Groups["name"].Value), "must be given once");
        }

        var wrongType = WrongType().Match(exception.Message);
        var problem = wrongType.Success ? $"must be {Kind(wrongType.Groups["type"].Value)}"
            : exception.Message.StartsWith("must ", StringComparison.Ordinal) ? exception.Message
            : "has a wrong value";
        return (path ?? "body", problem);
    }

    // The path already ends in the field, or names what it is in.
    private static string WithName(string? path, string name) =>
        path is null ? name : path == name || path.EndsWith($".{name}", StringComparison.Ordinal) ? path : $"{path}.{name}";

    private static string Kind(string type) => type switch
    {
        _ when type.Contains("System.Int", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when type.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("System.String", StringComparison.Ordinal) => "a text",
        _ => "an object",
    };

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnknownField();

    [GeneratedRegex("^Duplicate property '(?<name>.*)' encountered", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DuplicateField();

    [GeneratedRegex("^The JSON value could not be converted to (?<type>\\S+)\\. Path", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WrongType();
}
