using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace VideoPipeline.Catalog;

/// <summary>A channel as its operator describes it.</summary>
public sealed record ChannelRequest
{
    public string? Name { get; init; }

    public ChannelSource? Source { get; init; }

    public ChannelRights? Rights { get; init; }

    public string? Attribution { get; init; }

    /// <summary>The transform profile; <c>youtube-1080p</c> when null.</summary>
    public string? Profile { get; init; }

    /// <summary>Where the results go; the channel's folder below <c>published</c> when null.</summary>
    public ChannelTarget? Target { get; init; }

    /// <summary>Five fields, UTC; null for never.</summary>
    public string? Cron { get; init; }

    public ScrapeFilters? Filters { get; init; }

    /// <summary>0 to 10, higher first; 5 when null.</summary>
    public int? Priority { get; init; }

    public bool? AllowPrivateNetworks { get; init; }

    /// <summary>The request that would make the channel what it is.</summary>
    public static ChannelRequest Of(Channel channel) => new()
    {
        Name = channel.Name,
        Source = new ChannelSource { Kind = channel.SourceKind, Url = channel.SourceUrl },
        Rights = channel.Rights,
        Attribution = channel.Attribution,
        Profile = channel.Profile,
        Target = new ChannelTarget { Kind = channel.TargetKind, Path = channel.TargetPath, YouTube = channel.YouTube },
        Cron = channel.Cron,
        Filters = channel.Filters,
        Priority = channel.Priority,
        AllowPrivateNetworks = channel.AllowPrivateNetworks,
    };

    /// <summary>The names of the fields in which it isn't like the other one, as the API calls them.</summary>
    internal IReadOnlyList<string> Differences(ChannelRequest other)
    {
        var (one, two) = (Fields(this), Fields(other));
        return [.. one.Where(field => !JsonNode.DeepEquals(field.Value, two[field.Key])).Select(field => field.Key)];

        static JsonObject Fields(ChannelRequest request) => JsonSerializer.SerializeToNode(request, JsonSerializerOptions.Web)!.AsObject();
    }
}

/// <summary>Where a channel's videos come from.</summary>
public sealed record ChannelSource
{
    public SourceKind? Kind { get; init; }

    /// <summary>For a folder: its absolute path, or a file: URL; for the others an http(s) URL.</summary>
    public string? Url { get; init; }
}

/// <summary>Where a channel's videos go to.</summary>
public sealed record ChannelTarget
{
    public TargetKind? Kind { get; init; }

    /// <summary>For a folder: its absolute path; null for the channel's own below <c>published</c>.</summary>
    public string? Path { get; init; }

    /// <summary>For YouTube: how; the defaults when null.</summary>
    [JsonPropertyName("youtube")]
    public YouTubeTargetSettings? YouTube { get; init; }
}
