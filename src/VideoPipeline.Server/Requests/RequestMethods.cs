namespace VideoPipeline.Server.Requests;

/// <summary>
/// Refuses methods that nobody has defined, before anything is kept by them: the server takes any word for one, and each
/// would have metrics of its own for ever, also those of somebody without a key.
/// </summary>
internal static class RequestMethods
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // In one spelling: the router knows them in any.
        var request = context.Request;
        request.Method = HttpMethods.GetCanonicalizedValue(request.Method);
        return IsKnown(request.Method)
            ? next(context)
            : Problems.Of(StatusCodes.Status501NotImplemented, $"{request.Method} is no method of HTTP.").ExecuteAsync(context);
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method) || HttpMethods.IsConnect(method);
}
