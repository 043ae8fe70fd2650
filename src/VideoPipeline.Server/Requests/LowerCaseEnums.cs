using System.Text.Json;

namespace VideoPipeline.Server.Requests;

/// <summary><see cref="LowerCaseEnum{T}"/> for types that are known at run time only.</summary>
internal static class LowerCaseEnums
{
    public static IReadOnlyList<string> Names(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    public static string? Problem(Type type, string? name)
    {
        var names = Names(type);
        return names.Contains(name, StringComparer.Ordinal) ? null : $"must be one of {string.Join(", ", names)}";
    }
}
