using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Requests;

/// <summary>
/// Lets no web page that its operator happens to visit use the service through the operator's browser: neither by a host
/// name that leads to this machine (DNS rebinding) nor by a request from another origin. And lets nobody in from elsewhere
/// as long as nobody has to say who he is.
/// </summary>
internal static class LocalRequests
{
    private static readonly HashSet<string> Hosts = new(["localhost", "127.0.0.1", "[::1]"], StringComparer.OrdinalIgnoreCase);

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!Hosts.Contains(request.Host.Host) && !await MayCallItAsync(context))
        {
            await Problems.Of(
                StatusCodes.Status400BadRequest,
                $"Host must be one of {string.Join(", ", Hosts)}; with API keys also an address, this machine's name, or one of VideoPipeline:Access:AllowedHosts.",
                "Host",
                "names another machine").ExecuteAsync(context);
            return;
        }

        if (CameThroughProxy(request) && !await IsKeyRequiredAsync(context))
        {
            await Problems.Of(
                StatusCodes.Status403Forbidden,
                "This came through a proxy, while everybody who reaches the service may operate it. Create an API key first: VideoPipeline.Server keys create NAME --role operate.")
                .ExecuteAsync(context);
            return;
        }

        // Reading changes nothing, and the browser keeps the answer from the page.
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        var origins = request.Headers.Origin;
        var own = $"{request.Scheme}://{request.Host}";
        if (reads || origins.Count == 0 || (origins.Count == 1 && string.Equals(origins[0], own, StringComparison.OrdinalIgnoreCase)))
        {
            await next(context);
            return;
        }

        await Problems.Of(StatusCodes.Status403Forbidden, "A page of another origin must not change anything here.", "Origin", $"must be {own}")
            .ExecuteAsync(context);
    }

    /// <summary>
    /// With keys more names will do. A rebound name brings no cookie of ours with it, so it gets nowhere; but there is no
    /// need to let it try. Nobody can have a plain address lead elsewhere.
    /// </summary>
    private static async ValueTask<bool> MayCallItAsync(HttpContext context)
    {
        var host = context.Request.Host.Host;
        var allowed = context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.Hosts;
        return (IPAddress.TryParse(host, out _) || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase) || allowed.Any(pattern => Matches(pattern, host)))
            && await IsKeyRequiredAsync(context);
    }

    private static bool Matches(string pattern, string host) =>
        pattern == "*" || pattern.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase));

    private static ValueTask<bool> IsKeyRequiredAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<KeyRequirement>().IsInForceAsync(context.RequestAborted);

    /// <summary>Also those that <c>TrustedProxies</c> names: their header is then called otherwise.</summary>
    private static bool CameThroughProxy(HttpRequest request) =>
        request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("X-Original-For") || request.Headers.ContainsKey("Forwarded") || request.Headers.ContainsKey(HeaderNames.Via);
}
