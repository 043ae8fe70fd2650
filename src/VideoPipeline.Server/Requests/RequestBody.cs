using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace VideoPipeline.Server.Requests;

/// <summary>Reads the body up to its limit, whether or not its length was announced.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 1024 * 1024;

    /// <summary>What isn't there has no wrong type; whether it may be absent is the endpoint's business.</summary>
    public static Task DeclareAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsThere(context))
        {
            context.Request.ContentType = MediaTypeNames.Application.Json;
        }

        return next(context);
    }

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!IsThere(context))
        {
            await next(context);
            return;
        }

        // The server's own limit would cut the connection while the client still sends, and with it the answer.
        if (request.ContentLength > MaxBytes || await ReadAsync(request, context.RequestAborted) is not { } body)
        {
            await Problems.Of(StatusCodes.Status413PayloadTooLarge, $"The body must have at most {MaxBytes} bytes.", "body", "is too long").ExecuteAsync(context);
            return;
        }

        await using (body)
        {
            request.Body = body;
            await next(context);
        }
    }

    /// <summary>
    /// After routing. JSON is written in UTF-8 (RFC 8259, section 8.1), and its reader fails over names of encodings that there
    /// aren't.
    /// </summary>
    public static Task DemandUtf8Async(HttpContext context, RequestDelegate next)
    {
        var reads = context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains(MediaTypeNames.Application.Json) == true;
        return reads && context.Request.GetTypedHeaders().ContentType is { Charset.Length: > 0, Encoding: not UTF8Encoding }
            ? Problems.NotJson().ExecuteAsync(context)
            : next(context);
    }

    private static bool IsThere(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static async Task<MemoryStream?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + count > MaxBytes)
            {
                await body.DisposeAsync();
                return null;
            }

            body.Write(buffer, 0, count);
        }

        body.Position = 0;
        return body;
    }
}
