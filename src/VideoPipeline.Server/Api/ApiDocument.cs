using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary>The API's description at <c>/openapi/v1.json</c>, where the generator can't see for itself how values are written.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "VideoPipeline";
            document.Info.Description = "Takes videos through scrape, download, transform and publish. Errors are RFC 9457 problem details; "
                + "errors names the offending fields. Lists take limit and cursor and answer {items, nextCursor}.";
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            var nullable = type != context.JsonTypeInfo.Type ? JsonSchemaType.Null : default;
            if (type.IsEnum)
            {
                schema.Type = JsonSchemaType.String | nullable;
                schema.Enum = [.. LowerCaseEnums.Names(type).Select(name => (JsonNode)name)];
            }
            else if (type == typeof(DateTimeOffset))
            {
                schema.Type = JsonSchemaType.String | nullable;
                schema.Format = "date-time";
            }

            return Task.CompletedTask;
        });
    }
}
