using Spectre.Console;
using Spectre.Console.Rendering;
using VideoPipeline.Cli.Display;
using VideoPipeline.Cli.Remote;

namespace VideoPipeline.Cli.Channels;

/// <summary>One channel with all its settings.</summary>
internal static class ChannelView
{
    public static IRenderable Of(ChannelAnswer channel, TimeProvider time) => Tables.Fields(
        ("Channel", channel.Name),
        ("Id", $"{channel.Id}"),
        ("Source", $"{channel.Source.Kind} {channel.Source.Url}"),
        ("Target", channel.Target.Path is null ? channel.Target.Kind : $"{channel.Target.Kind} {channel.Target.Path}"),
        ("Profile", channel.Profile),
        ("Rights", channel.Rights),
        ("Attribution", channel.Attribution),
        ("Schedule", channel.Cron is null ? "never by itself" : $"{channel.Cron} (UTC), next at {Amounts.Time(channel.NextScrapeAt, time)}"),
        ("Filters", Filters(channel)),
        ("Priority", $"{channel.Priority}"),
        ("Private networks", channel.AllowPrivateNetworks ? "allowed" : null),
        ("Last scrape", Amounts.Time(channel.LastScrapedAt, time)),
        ("Source refuses", channel.Pause is { } pause ? $"{pause.Reason} Asked again at {Amounts.Time(pause.Until, time)}." : null));

    private static string? Filters(ChannelAnswer channel) => channel.Filters is { ValueKind: System.Text.Json.JsonValueKind.Object } filters
        ? string.Join(", ", filters.EnumerateObject().Where(filter => filter.Value.ValueKind != System.Text.Json.JsonValueKind.Null).Select(filter => $"{filter.Name} {filter.Value}"))
        : null;
}
