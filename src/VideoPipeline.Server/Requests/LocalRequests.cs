namespace VideoPipeline.Server.Requests;

/// <summary>
/// Lets no web page that its operator happens to visit use the service through the operator's browser: neither by a host
/// name that leads to this machine (DNS rebinding) nor by a request from another origin.
/// </summary>
internal static class LocalRequests
{
    private static readonly HashSet<string> Hosts = new(["localhost", "127.0.0.1", "[::1]"], StringComparer.OrdinalIgnoreCase);

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!Hosts.Contains(request.Host.Host))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, $"Host must be one of {string.Join(", ", Hosts)}.", "Host", "names another machine")
                .ExecuteAsync(context);
        }

        // Reading changes nothing, and the browser keeps the answer from the page.
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        var origins = request.Headers.Origin;
        var own = $"{request.Scheme}://{request.Host}";
        return reads || origins.Count == 0 || (origins.Count == 1 && string.Equals(origins[0], own, StringComparison.OrdinalIgnoreCase))
            ? next(context)
            : Problems.Of(StatusCodes.Status403Forbidden, "A page of another origin must not change anything here.", "Origin", $"must be {own}")
                .ExecuteAsync(context);
    }
}
