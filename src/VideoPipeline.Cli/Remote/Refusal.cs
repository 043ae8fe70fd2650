using System.Net;
using System.Text.Json;
using VideoPipeline.Cli.Display;

namespace VideoPipeline.Cli.Remote;

/// <summary>What the service answers instead of doing it: problem details, RFC 9457.</summary>
internal static class Refusal
{
    public static bool IsOne(HttpStatusCode status) => (int)status is < 200 or >= 300;

    /// <param name="what">What it was asked for: <c>to retry job 7</c>; null when it was only asked.</param>
    public static CommandFailure Of(HttpStatusCode status, string text, string? what, Uri url)
    {
        var problem = ProblemOf(text);
        var reason = SafeText.Printable(problem is null ? $"it answers {(int)status}" : ReasonOf(problem.Value));
        var json = problem is null ? null : JsonSerializer.Serialize(problem.Value, ServiceJson.Default.JsonElement);
        var refused = what is null ? $"the service says: {reason}" : $"the service refuses {what}: {reason}";
        return status switch
        {
            HttpStatusCode.Unauthorized => new(
                ExitCode.NotAuthorised,
                $"the service wants a valid API key: {reason}",
                $"Set {ServiceAddress.KeyVariable}, or use --key-file. Keys are made with 'videopipeline keys create NAME --role read|operate' on the service's machine.",
                json),
            HttpStatusCode.Forbidden => new(ExitCode.NotAuthorised, $"the key doesn't allow {what ?? "this"}: {reason}", problem: json),

            // The service's own answer to wrong keys; without problem details it is a proxy's, to whatever.
            HttpStatusCode.TooManyRequests when problem is not null => new(ExitCode.NotAuthorised, refused, problem: json),
            HttpStatusCode.NotFound => new(ExitCode.NotFound, refused, problem: json),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                new(ExitCode.NotReachable, $"the service behind {url} can't be reached: {reason}", problem: json),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                new(ExitCode.Failed, $"{url} answers {(int)status}: it leads elsewhere. Give the address that it leads to.", problem: json),
            _ => new(ExitCode.Failed, refused, problem: json),
        };
    }

    private static JsonElement? ProblemOf(string text)
    {
        try
        {
            var answer = JsonElement.Parse(text);
            return answer.ValueKind == JsonValueKind.Object ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ReasonOf(JsonElement problem)
    {
        if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
        {
            var fields = errors.EnumerateObject()
                .Where(field => field.Value.ValueKind == JsonValueKind.Array)
                .SelectMany(field => field.Value.EnumerateArray().Select(error => $"{field.Name} {error}"))
                .ToList();

            // What is unknown is said better by the detail, which has the id.
            if (fields.Count > 0 && !fields.TrueForAll(field => field.EndsWith(" is unknown", StringComparison.Ordinal)))
            {
                return string.Join("; ", fields);
            }
        }

        return Text(problem, "detail") ?? Text(problem, "title") ?? "it gave no reason";
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
