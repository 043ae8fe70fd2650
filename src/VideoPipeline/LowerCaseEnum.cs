using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoPipeline;

/// <summary>The names of an enum's values as the API and the database spell them: in camel case, exactly.</summary>
public static class LowerCaseEnum<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names =
        Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    private static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Allowed { get; } = string.Join(", ", Names.Values);

    public static string Name(T value) => Names[value];

    public static bool TryParse(string? name, out T value)
    {
        value = default;
        return name is not null && Values.TryGetValue(name, out value);
    }

    /// <exception cref="FormatException">The name is none of <see cref="Allowed"/>.</exception>
    public static T Parse(string name) =>
        TryParse(name, out var value) ? value : throw new FormatException($"'{name}' is not one of {Allowed}.");
}

/// <summary>Reads and writes an enum as its exact camel case name; numbers and other spellings are refused with what is allowed.</summary>
public sealed class LowerCaseEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && LowerCaseEnum<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"must be one of {LowerCaseEnum<T>.Allowed}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LowerCaseEnum<T>.Name(value));
}
