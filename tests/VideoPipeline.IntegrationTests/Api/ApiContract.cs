using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>The API's OpenAPI document, as what requests and answers can be held against.</summary>
internal sealed class ApiContract
{
    public const string Json = "application/json";
    public const string ProblemJson = "application/problem+json";

    private static readonly EvaluationOptions Evaluation = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly Dictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);
    private readonly string _definitions;

    /// <param name="document">As <c>/openapi/v1.json</c> answers.</param>
    public ApiContract(string document)
    {
        Document = JsonElement.Parse(document);
        _definitions = Local(Document.GetProperty("components").GetProperty("schemas"));

        // The one with more of its own words first: it is the better match.
        Operations = [.. from path in Document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Name is not "parameters"
            orderby path.Name.Count(c => c == '{'), path.Name
            select new ApiOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value)];
    }

    public JsonElement Document { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <param name="path">Without the query.</param>
    public ApiOperation? Find(string method, string path) =>
        Operations.FirstOrDefault(operation => string.Equals(operation.Method, method, StringComparison.OrdinalIgnoreCase) && operation.IsAt(path));

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    /// <param name="body">Null when it has none that could be read.</param>
    public string? ProblemOf(string method, string path, int status, string? mediaType, string? body)
    {
        if (Find(method, path) is not { } operation)
        {
            // Whatever isn't described isn't there.
            return !path.StartsWith("/api/", StringComparison.Ordinal) || (status is 400 or 403 or 404 or 405 or 413 or 415 or 501 && mediaType == ProblemJson)
                ? null
                : $"{method} {path} is not described, and answered {status} {mediaType}";
        }

        if (operation.Response(status) is not { } response)
        {
            return $"{operation} answered {status}, which is not described: {body}";
        }

        if (method == "HEAD" || string.IsNullOrEmpty(body))
        {
            return response.TryGetProperty("content", out _) && method != "HEAD" ? $"{operation} answered {status} without the body that is described" : null;
        }

        if (!response.TryGetProperty("content", out var content))
        {
            return $"{operation} answered {status} with a body, which is not described: {body}";
        }

        if (content.TryGetProperty("*/*", out _))
        {
            return null;
        }

        if (!content.TryGetProperty(mediaType ?? string.Empty, out var described))
        {
            return $"{operation} answered {status} with {mediaType}, which is not described";
        }

        return mediaType is Json or ProblemJson && ProblemOf(described.GetProperty("schema"), JsonElement.Parse(body)) is { } problem
            ? $"{operation} answered {status} with a body that is described otherwise: {problem}\n{body}"
            : null;
    }

    /// <summary>Where a value differs from a schema of the document; null when it doesn't.</summary>
    public string? ProblemOf(JsonElement schema, JsonElement value)
    {
        var text = Local(schema);
        JsonSchema? known;
        lock (_schemas)
        {
            if (!_schemas.TryGetValue(text, out known))
            {
                known = _schemas[text] = JsonSchema.FromText($$"""{"$defs": {{_definitions}}, "allOf": [{{text}}]}""");
            }
        }

        var result = known.Evaluate(value, Evaluation);
        return result.IsValid
            ? null
            : string.Join("; ", (result.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
                .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"));
    }

    /// <summary>OpenAPI 3.1 has JSON Schema's references and its own place for what they lead to.</summary>
    private static string Local(JsonElement schema) => schema.GetRawText().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
}

/// <summary>An operation of the document.</summary>
internal sealed record ApiOperation(string Method, string Template, JsonElement Description)
{
    private readonly Regex _path = PathOf(Template, Description);

    /// <summary>Whether it wants an id that is in its path.</summary>
    public bool HasId => Template.Contains("{id}", StringComparison.Ordinal);

    public bool Reads => Method is "GET" or "HEAD";

    public bool IsAt(string path) => _path.IsMatch(path);

    public JsonElement? Response(int status) =>
        Description.GetProperty("responses").TryGetProperty($"{status}", out var response) ? response : null;

    /// <summary>Of the request's body; null when it has none.</summary>
    public JsonElement? Example => Description.TryGetProperty("requestBody", out var body)
        && body.GetProperty("content").TryGetProperty(ApiContract.Json, out var json) && json.TryGetProperty("example", out var example) ? example : null;

    public override string ToString() => $"{Method} {Template}";

    private static Regex PathOf(string template, JsonElement description)
    {
        var numbers = description.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(IsNumber).Select(parameter => parameter.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        var pattern = string.Join('/', template.TrimEnd('/').Split('/').Select(part => part.StartsWith('{') && part.EndsWith('}')
            ? numbers.Contains(part[1..^1]) ? "-?[0-9]{1,18}" : "[^/]+"
            : Regex.Escape(part)));
        return new Regex($"^{pattern}/?$", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static bool IsNumber(JsonElement parameter) =>
        parameter.GetProperty("schema").TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "integer";
}
