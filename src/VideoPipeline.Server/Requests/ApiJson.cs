using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoPipeline.Server.Requests;

/// <summary>How the API reads and writes JSON: strictly, so that a misspelt field or a number in quotes isn't lost silently.</summary>
internal static class ApiJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new TextConverter());
    }

    /// <summary>Texts without U+0000, which PostgreSQL can't keep, and which ends a text for programs that get it as an argument.</summary>
    internal sealed class TextConverter : JsonConverter<string>
    {
        public const string Problem = "must not have the character U+0000";

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("must be a text");
            }

            return reader.GetString() is { } text && text.Contains('\0') ? throw new JsonException(Problem) : reader.GetString();
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }

    /// <summary>Times as ISO 8601 in UTC with a Z; one without an offset is taken for UTC.</summary>
    internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out var time))
            {
                throw new JsonException("must be a time such as 2026-01-31T12:00:00Z");
            }

            return time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : reader.GetDateTimeOffset().ToUniversalTime();
        }

        // To the microsecond, as the database keeps it: the answer to a POST is the same as that to the GET after it.
        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.AddTicks(-(value.UtcTicks % TimeSpan.TicksPerMicrosecond)));
    }
}
