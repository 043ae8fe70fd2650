using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server.Requests;

/// <summary>Every error as RFC 9457 problem details; <c>errors</c> names the offending fields.</summary>
internal sealed class Problems(ILogger<Problems> logger) : IExceptionHandler
{
    public static ProblemHttpResult Of(int status, string detail, IReadOnlyDictionary<string, string[]>? errors = null) => TypedResults.Problem(
        detail, statusCode: status, extensions: errors is null ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = errors });

    public static ProblemHttpResult Of(int status, string detail, string field, string problem) =>
        Of(status, detail, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] });

    public static ProblemHttpResult NotJson() =>
        Of(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON in UTF-8.", "Content-Type", "must be application/json");

    /// <summary>Of an answer that has nothing but its status: from the router, mostly.</summary>
    public static ProblemHttpResult OfStatus(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => Of(
                StatusCodes.Status401Unauthorized, $"A valid API key is required, in the header {AccessHandler.Header}. {KeysProgram.HowTo}"),
            StatusCodes.Status403Forbidden => Of(
                StatusCodes.Status403Forbidden, $"{context.User.Identity?.Name ?? "This request"} may not do this: a key with the role operate is needed."),
            StatusCodes.Status429TooManyRequests => Of(StatusCodes.Status429TooManyRequests, "Too many wrong keys came from this address. Wait as long as Retry-After says."),
            StatusCodes.Status404NotFound => Of(StatusCodes.Status404NotFound, $"There is nothing at {request.Path}."),
            StatusCodes.Status405MethodNotAllowed => Of(StatusCodes.Status405MethodNotAllowed, $"{request.Method} is not possible at {request.Path}."),
            StatusCodes.Status415UnsupportedMediaType => NotJson(),
            var status => Of(status, ReasonPhrases.GetReasonPhrase(status)),
        };
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = OfException(exception);
        if (problem is null)
        {
            logger.LogError(exception, "{Method} {Path} failed", httpContext.Request.Method, httpContext.Request.Path);
            problem = Of(StatusCodes.Status500InternalServerError, "Something unexpected went wrong. The service's log has the details.");
        }

        await ProblemAnswer.SendAsync(httpContext, problem);
        return true;
    }

    private static ProblemHttpResult? OfException(Exception exception) => exception switch
    {
        InvalidRequestException invalid => Of(StatusCodes.Status400BadRequest, invalid.Message, invalid.Errors),
        UnknownIdException unknown => Of(StatusCodes.Status404NotFound, unknown.Message, unknown.Field, "is unknown"),
        ConflictException or ImpossibleTransitionException => Of(StatusCodes.Status409Conflict, exception.Message),
        AccessUnavailableException => Of(StatusCodes.Status503ServiceUnavailable, exception.Message),
        BadHttpRequestException { InnerException: JsonException json } => OfJson(json),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => NotJson(),
        BadHttpRequestException { InnerException: AntiforgeryValidationException } =>
            Of(StatusCodes.Status400BadRequest, "The form doesn't belong to this session, or is too old. Load the page again."),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest, InnerException: null } =>
            Of(StatusCodes.Status400BadRequest, "A JSON object is required as body.", "body", "is required"),
        BadHttpRequestException bad => Of(bad.StatusCode, ReasonPhrases.GetReasonPhrase(bad.StatusCode)),
        _ => null,
    };

    private static ProblemHttpResult OfJson(JsonException json)
    {
        var (field, problem) = JsonProblem.Of(json);
        return Of(StatusCodes.Status400BadRequest, $"{field} {problem}.", field, problem);
    }
}
