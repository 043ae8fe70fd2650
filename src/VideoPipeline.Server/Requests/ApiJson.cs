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
        options.Converters.Add(new ElementConverter());
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

    /// <summary>
    /// JSON that is kept or merged as it was sent, with every text in it readable: half a character of UTF-16 would be found
    /// only by whoever reads it later.
    /// </summary>
    internal sealed class ElementConverter : JsonConverter<JsonElement>
    {
        private static readonly JsonConverter<JsonElement> Reading = (JsonConverter<JsonElement>)JsonSerializerOptions.Default.GetConverter(typeof(JsonElement));

        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = Reading.Read(ref reader, typeToConvert, options);
            Check(element);
            return element;
        }

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

        private static void Check(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                    {
                        Check(() => property.Name);
                        Check(property.Value);
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Check(item);
                    }

                    break;
                case JsonValueKind.String:
                    Check(() => element.GetString()!);
                    break;
            }
        }

        private static void Check(Func<string> text)
        {
            try
            {
                if (text().Contains('\0'))
                {
                    throw new JsonException(TextConverter.Problem);
                }
            }
            catch (InvalidOperationException exception)
            {
                throw new JsonException("must not have half a character (a surrogate without its other half)", exception);
            }
        }
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
