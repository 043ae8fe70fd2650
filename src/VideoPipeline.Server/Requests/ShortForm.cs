using System.Text.Json;

namespace VideoPipeline.Server.Requests;

/// <summary>That a body's field may be a text, which stands for an object that has nothing but this text.</summary>
/// <param name="Field">The body's field.</param>
/// <param name="Inner">The field of its object that the text is for.</param>
internal sealed record ShortForm(string Field, string Inner)
{
    /// <summary>After routing and <see cref="RequestBody.InvokeAsync"/>: writes out in full what was given in short.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.GetEndpoint()?.Metadata.GetMetadata<ShortForm>() is { } form && request.Body is MemoryStream body && form.WriteOut(body.ToArray()) is { } full)
        {
            request.Body = new MemoryStream(full);
        }

        return next(context);
    }

    /// <returns>Null when nothing is short, or what is wrong with the body is for its reader to say.</returns>
    internal byte[]? WriteOut(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals(Field))
                {
                    continue;
                }

                if (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                    return [.. json[..start], .. "{"u8, .. JsonSerializer.SerializeToUtf8Bytes(Inner), .. ":"u8, .. json[start..end], .. "}"u8, .. json[end..]];
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a name with half a character in it.
        }

        return null;
    }
}
