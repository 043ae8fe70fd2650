using System.Text.Json;
using System.Text.Json.Nodes;

namespace VideoPipeline.Server.Requests;

/// <summary>Changes only what is given, by the rules of RFC 7396: null clears a field, objects are merged field by field.</summary>
internal static class MergePatch
{
    /// <param name="patch">As it was read: a node would not do, since reading one fails in its own way when a field is given twice.</param>
    /// <exception cref="InvalidRequestException">The patch is no object, or has a field that there isn't, or a value of the wrong type.</exception>
    public static T Apply<T>(T target, JsonElement patch, JsonSerializerOptions options)
    {
        if (patch.ValueKind != JsonValueKind.Object || JsonObject.Create(patch) is not { } fields)
        {
            throw new InvalidRequestException("body", "must be an object");
        }

        try
        {
            var merged = Merge(JsonSerializer.SerializeToNode(target, options), fields);
            return merged.Deserialize<T>(options)!;
        }
        catch (JsonException exception)
        {
            var (field, problem) = JsonProblem.Of(exception);
            throw new InvalidRequestException(field, problem);
        }
    }

    private static JsonObject Merge(JsonNode? target, JsonObject patch)
    {
        var merged = target is JsonObject present ? (JsonObject)present.DeepClone() : [];
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner)
            {
                merged[name] = Merge(merged[name], inner);
            }
            else
            {
                // Not removed when null: so a null for a name that doesn't exist is still refused as unknown.
                merged[name] = value?.DeepClone();
            }
        }

        return merged;
    }
}
