using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary>
/// The API's description at <c>/openapi/v1.json</c>: what the generator can't see for itself. The tests hold every answer
/// against it.
/// </summary>
internal static class ApiDocument
{
    private const string KeyScheme = "apiKey";
    private const string Json = "application/json";
    private const string Binary = "application/octet-stream";
    private const string ProblemJson = "application/problem+json";

    private static readonly Dictionary<string, string> Tags = new(StringComparer.Ordinal)
    {
        ["Channels"] = "Where videos come from, and what becomes of them.",
        ["Videos"] = "Single videos, with their stages, files and publications.",
        ["Jobs"] = "The stages of videos, and scrapes of channels: each is a durable job.",
        ["Queue"] = "What waits, pauses, and processing on request.",
        ["Events"] = "What changes, as it happens.",
        ["Nodes"] = "The processes that work on this database.",
        ["Statistics"] = "How the queue has done.",
        ["Notifications"] = "What webhooks are told.",
        ["GitHub"] = "What GitHub itself calls.",
        ["Audit"] = "What operators have done.",
        ["Health"] = "Probes.",
    };

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["limit"] = "How many items at most.",
        ["cursor"] = "The nextCursor of the answer before.",
        ["q"] = "A part of the title, in upper or lower case; 1 to 200 characters.",
        ["status"] = "Those with this status.",
        ["jobType"] = "Of this job type.",
        ["videoId"] = "Of this video.",
        ["channelId"] = "Of this channel.",
        ["maxAttemptsReached"] = "Only jobs whose attempts are used up (true), or that have some left (false). Without a status it means failed ones.",
        ["errorContains"] = "A part of the error message, in upper or lower case; 1 to 200 characters.",
        ["createdAfter"] = "Created at this time or later.",
        ["createdBefore"] = "Created before this time.",
        ["actor"] = "Done with the key of this name; local for whoever needed none.",
        ["action"] = "Of this kind, such as job.retry.",
        ["from"] = "From this time on. A history begins a day before its end if not given.",
        ["to"] = "Up to this time, itself not included. A history ends now if not given.",
        ["bucket"] = "How long each part of the history is; an hour if not given.",
        ["kind"] = "source, output, thumbnail or metadata.",
        ["lastEventId"] = "Go on after this event.",
        ["Last-Event-ID"] = "Go on after this event; goes before the parameter.",
        ["Idempotency-Key"] = "1 to 200 characters. A request with the same key answers with the job that the first one created.",
    };

    /// <summary>What numbers are allowed, wherever a field or parameter has this name.</summary>
    private static readonly Dictionary<string, (int Least, int Most)> Ranges = new(StringComparer.Ordinal)
    {
        ["limit"] = (1, Page.MaxLimit),
        ["priority"] = (VideoProcessingJob.MinPriority, VideoProcessingJob.MaxPriority),
        ["maxAttempts"] = (1, VideoProcessingJob.MaxMaxAttempts),
        ["progress"] = (0, 100),
    };

    public static void Configure(OpenApiOptions options)
    {
        var comments = new CodeComments(typeof(ApiDocument).Assembly, typeof(VideoProcessingJob).Assembly);
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Complete(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Correct(schema, context);
            Explain(schema, context, comments);
            return Task.CompletedTask;
        });

        // An object of any fields has no name that is worth referring to.
        options.CreateSchemaReferenceId = type => type.Type == typeof(JsonElement) || type.Type == typeof(JsonElement?) || type.Type == typeof(JsonObject)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info.Title = "VideoPipeline";
        document.Info.Description = "Takes videos through scrape, download, transform and publish. Errors are RFC 9457 problem details; "
            + "errors names the offending fields. Lists take limit and cursor and answer {items, nextCursor}.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "X-Api-Key",
            Description = "A key with the role read for GET, operate for everything else. Not needed as long as there are no keys, which the service allows on loopback addresses only.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description ??= tag.Name is { } name ? Tags.GetValueOrDefault(name) : null;
        }

        // What a ShortForm allows besides.
        if (document.Components.Schemas?.TryGetValue(nameof(ChannelRequest), out var channel) == true
            && channel.Properties is { } fields && fields.TryGetValue("target", out var target))
        {
            fields["target"] = new OpenApiSchema
            {
                Description = "Where the results go, or its kind alone; the channel's folder below published when null.",
                AnyOf = [target, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. LowerCaseEnums.Names(typeof(TargetKind)).Select(name => (JsonNode)name)] }],
            };
        }
    }

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var description = context.Description;
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var json = context.ApplicationServices.GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions;
        operation.OperationId ??= NameOf(metadata.OfType<MethodInfo>().LastOrDefault(), description.HttpMethod, description.RelativePath);
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description ??= parameter is { Name: "id", In: ParameterLocation.Path } ? $"The {Singular(operation)}'s id." : Parameters.GetValueOrDefault(parameter.Name ?? string.Empty);
            if (parameter is { Name: "limit", Schema: OpenApiSchema limit })
            {
                limit.Default = Page.DefaultLimit;
                Restrict(limit, parameter.Name);
            }
        }

        var body = description.ParameterDescriptions.FirstOrDefault(parameter => parameter.Source == BindingSource.Body)?.Type;
        if (operation.RequestBody?.Content is { } sent && sent.TryGetValue(Json, out var request))
        {
            request.Example ??= ApiExamples.OfRequest(body, json);
        }

        foreach (var (name, response) in operation.Responses ?? [])
        {
            if (int.TryParse(name, out var status) && response.Content is { } content)
            {
                // The type of a file depends on the file.
                if (content.Remove(Binary, out var file))
                {
                    content["*/*"] = new OpenApiMediaType { Schema = file.Schema ?? new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
                }

                var type = description.SupportedResponseTypes.FirstOrDefault(answer => answer.StatusCode == status)?.Type;
                foreach (var (mediaType, answer) in content)
                {
                    answer.Example ??= mediaType == ProblemJson ? ApiExamples.OfProblem(status, json) : mediaType == Json ? ApiExamples.OfAnswer(type, json) : null;
                }
            }
        }
    }

    private static void Correct(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
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
        else if (type == typeof(string))
        {
            schema.Type = JsonSchemaType.String | (context.JsonPropertyInfo?.IsGetNullable == true ? JsonSchemaType.Null : default);
        }
        else if (type == typeof(JsonElement))
        {
            schema.Type = JsonSchemaType.Object | nullable;
        }
        else if (type == typeof(ProblemDetails))
        {
            CorrectProblem(schema);
        }

        // All fields are always written. Those of requests, which are none of these, may be left out.
        foreach (var written in context.JsonTypeInfo.Properties.Where(property => property.IsRequired || property.AssociatedParameter is not null))
        {
            (schema.Required ??= new HashSet<string>(StringComparer.Ordinal)).Add(written.Name);
        }

        if (context.JsonTypeInfo.Properties.Any(property => property.IsRequired))
        {
            schema.Required = new HashSet<string>(context.JsonTypeInfo.Properties.Select(property => property.Name), StringComparer.Ordinal);
        }

        Restrict(schema, context.JsonPropertyInfo?.Name);
    }

    /// <summary>By the comments of the code: of types, and of the fields that have no type with a name.</summary>
    private static void Explain(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CodeComments comments)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            var values = Enum.GetNames(type).Select(name => (Name: JsonNamingPolicy.CamelCase.ConvertName(name), Text: comments.Of(type, name)))
                .Where(value => value.Text is not null).Select(value => $"{value.Name}: {value.Text}");
            schema.Description ??= string.Join(' ', [.. comments.Of(type) is { } text ? [text] : Array.Empty<string>(), .. values]) is { Length: > 0 } all ? all : null;
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema.Description ??= comments.Of(type);
        }
        else if (context.JsonPropertyInfo?.AttributeProvider is PropertyInfo property)
        {
            schema.Description ??= comments.Of(property);
        }
    }

    /// <summary>As <see cref="Problems"/> writes them.</summary>
    private static void CorrectProblem(OpenApiSchema schema)
    {
        schema.Description = "What is wrong, as RFC 9457 has it.";
        schema.Properties!.Remove("instance");
        schema.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Each field, parameter or header that is wrong, and what is wrong with it. Absent when it isn't about one.",
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        };
        schema.Required = new HashSet<string>(["title", "status", "detail"], StringComparer.Ordinal);
        foreach (var (_, property) in schema.Properties)
        {
            if (property is OpenApiSchema written)
            {
                written.Type &= ~JsonSchemaType.Null;
            }
        }
    }

    private static void Restrict(OpenApiSchema schema, string? name)
    {
        if (name is not null && Ranges.TryGetValue(name, out var range) && schema.Type is { } type && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            schema.Minimum = range.Least.ToString();
            schema.Maximum = range.Most.ToString();
        }
    }

    /// <summary>For clients that are generated: <c>jobsRetry</c> for <c>JobsApi.RetryAsync</c>.</summary>
    private static string NameOf(MethodInfo? handler, string? method, string? path)
    {
        var name = handler is null || handler.Name.Contains('<')
            ? string.Concat($"{method?.ToLowerInvariant()}/{path}".Split('/', '{', '}', '-', ':').Select(Capital))
            : handler.DeclaringType!.Name.Replace("Api", string.Empty, StringComparison.Ordinal) + handler.Name.Replace("Async", string.Empty, StringComparison.Ordinal)
                + (method == HttpMethods.Head ? "Head" : null);
        return JsonNamingPolicy.CamelCase.ConvertName(name);

        static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
    }

    private static string Singular(OpenApiOperation operation) => operation.Tags?.FirstOrDefault()?.Name?.ToLowerInvariant().TrimEnd('s') ?? "thing";
}
