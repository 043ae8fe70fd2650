using System.Text.Json;
using VideoPipeline.Stages;

namespace VideoPipeline.Jobs;

/// <summary>
/// Why an attempt failed, for people (<see cref="Message"/>) and for tools (<see cref="DetailsJson"/>: the exception's
/// type, its causes and what the stage added, such as an exit code and the last lines that a program wrote).
/// </summary>
public sealed record JobError(string Message, string DetailsJson)
{
    private const int MaxMessageLength = 2_000;
    private const int MaxStackLength = 8_000;

    public static JobError From(Exception exception)
    {
        var details = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = exception.GetType().Name,
            ["permanent"] = exception is PermanentFailureException,
        };
        if (exception is StageException stageException)
        {
            foreach (var (name, value) in stageException.Details)
            {
                details[name] = value;
            }
        }
        else
        {
            // A stage's own exceptions explain themselves; for others the place is the best that there is.
            details["stackTrace"] = Shorten(exception.StackTrace, MaxStackLength);
        }

        if (exception.InnerException is not null)
        {
            details["causes"] = Causes(exception).Select(cause => $"{cause.GetType().Name}: {cause.Message}").ToArray();
        }

        return new(Shorten(exception.Message, MaxMessageLength) ?? exception.GetType().Name, JsonSerializer.Serialize(details, JsonSerializerOptions.Web));
    }

    public static JobError From(string message, string type) =>
        new(Shorten(message, MaxMessageLength)!, JsonSerializer.Serialize(new { type }, JsonSerializerOptions.Web));

    /// <param name="details">JSON that the workflow has sent with it.</param>
    internal static JobError OfWorkflow(string message, bool permanent, long? runId, string? details) => new(
        Shorten(message, MaxMessageLength)!,
        JsonSerializer.Serialize(
            new { type = "WorkflowFailure", permanent, runId, details = details is null ? (JsonElement?)null : JsonElement.Parse(details) }, JsonSerializerOptions.Web));

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string? Shorten(string? text, int length) => text?.Length > length ? string.Concat(text.AsSpan(0, length), "…") : text;
}
