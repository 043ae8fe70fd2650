using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace VideoPipeline.Server.Requests;

/// <summary>
/// Checks the query against the types of the endpoint's parameters before they are bound: the binder takes numbers and
/// other spellings for enums, passes over parameters that there aren't, and doesn't say which one was wrong or what is
/// allowed. An empty value is none.
/// </summary>
internal static class QueryRules
{
    private static readonly PathString Api = "/api";

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var query = context.Request.Query;
        if (query.Count == 0 || context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<MethodInfo>() is not { } method)
        {
            return next(context);
        }

        var given = query.Where(pair => !pair.Value.All(string.IsNullOrEmpty))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        var errors = new RequestErrors();
        var parameters = method.GetParameters().Where(parameter => IsQuery(parameter, endpoint.RoutePattern)).ToList();
        if (context.Request.Path.StartsWithSegments(Api))
        {
            var names = parameters.Select(parameter => parameter.Name!).ToList();
            foreach (var name in query.Keys.Except(names, StringComparer.OrdinalIgnoreCase))
            {
                errors.Add(name, names.Count == 0 ? "is unknown: there are no parameters here" : $"is unknown: there are {string.Join(", ", names)}");
            }
        }

        foreach (var parameter in parameters)
        {
            if (!given.TryGetValue(parameter.Name!, out var values))
            {
                continue;
            }

            if (Problem(parameter.ParameterType, values) is { } problem)
            {
                errors.Add(parameter.Name!, problem);
            }
            else if (Nullable.GetUnderlyingType(parameter.ParameterType) is { IsEnum: true } type)
            {
                // The binder knows enums by their .NET names only.
                given[parameter.Name!] = Enum.Parse(type, values[0]!, ignoreCase: true).ToString();
            }
            else if (Nullable.GetUnderlyingType(parameter.ParameterType) == typeof(DateTimeOffset) && TryReadTime(values[0], out var time))
            {
                given[parameter.Name!] = time.ToString("O");
            }
        }

        errors.ThrowIfAny();
        context.Request.Query = new QueryCollection(given);
        return next(context);
    }

    private static bool IsQuery(ParameterInfo parameter, RoutePattern route) =>
        route.GetParameter(parameter.Name!) is null && !parameter.GetCustomAttributes().OfType<IFromHeaderMetadata>().Any()
        && (parameter.ParameterType == typeof(string) || Nullable.GetUnderlyingType(parameter.ParameterType) is not null);

    /// <summary>As in bodies: ISO 8601; one without an offset is taken for UTC.</summary>
    private static bool TryReadTime(string? value, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        value,
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);

    private static string? Problem(Type type, StringValues values)
    {
        if (values.Count > 1)
        {
            return "must be given once";
        }

        var value = values[0];
        return Nullable.GetUnderlyingType(type) switch
        {
            { IsEnum: true } names => LowerCaseEnums.Problem(names, value),
            var number when number == typeof(int) => int.TryParse(value, out _) ? null : "must be a whole number",
            var number when number == typeof(long) => long.TryParse(value, out _) ? null : "must be a whole number",
            var truth when truth == typeof(bool) => bool.TryParse(value, out _) ? null : "must be true or false",
            null => value?.Contains('\0') == true ? ApiJson.TextConverter.Problem : null,
            var moment when moment == typeof(DateTimeOffset) => TryReadTime(value, out _) ? null : "must be a time such as 2026-01-31T12:00:00Z",
            _ => null,
        };
    }
}
