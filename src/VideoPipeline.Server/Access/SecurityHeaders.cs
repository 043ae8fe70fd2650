using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Server.Dashboard;

namespace VideoPipeline.Server.Access;

/// <summary>What every answer tells browsers not to do.</summary>
internal sealed class SecurityHeaders(IOptions<ArtifactOptions> artifacts, IOptions<S3Options> s3)
{
    private static readonly string Rest = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Hangfire's pages have styles in their elements, and an icon in the address of one.</summary>
    private static readonly string OfDashboard = $"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; {Rest}";

    private readonly string _ofAll = $"default-src 'self'; img-src 'self' data:{Store(artifacts.Value, s3.Value)}; media-src 'self'{Store(artifacts.Value, s3.Value)}; {Rest}";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Now: within the dashboard, where long pages begin to be sent, the path is that below it.
        var policy = context.Request.Path.StartsWithSegments(HangfireDashboard.Path) ? OfDashboard : _ofAll;

        // At the last moment: an answer to an error begins anew without headers.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                headers.ContentSecurityPolicy = policy;
            }

            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";

            // Not no-referrer: browsers then send the origin "null" with forms, which is refused.
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>Stored files may be links into the store, which pictures and players follow.</summary>
    private static string Store(ArtifactOptions artifacts, S3Options s3)
    {
        if (artifacts.Kind != ArtifactStoreKind.S3)
        {
            return string.Empty;
        }

        return s3.EndpointOfLinks is { Length: > 0 } endpoint && Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
            ? $" {uri.Scheme}://{uri.Authority} {uri.Scheme}://*.{uri.Authority}"
            : " https://*.amazonaws.com";
    }
}
