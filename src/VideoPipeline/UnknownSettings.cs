using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VideoPipeline;

/// <summary>A section of the settings.</summary>
/// <param name="Options">What it is bound to; null when whoever reads it tells of unknown names himself.</param>
public sealed record SettingsSection(string Path, Type? Options);

/// <summary>
/// Settings that no part of the service reads, most likely misspelt ones. They are told of and not refused, since a file may
/// have been written for another version. Which names there are is said by the options' types alone.
/// </summary>
public sealed class UnknownSettings(IConfigurationSection settings, IEnumerable<SettingsSection> sections, ILogger<UnknownSettings> logger) : IHostedService
{
    private readonly List<SettingsSection> _sections = [.. sections];

    /// <summary>One line for each name; nothing below it is looked at.</summary>
    public IReadOnlyList<string> Find() => [.. Below(settings, bound: null)];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var unknown in Find())
        {
            logger.LogWarning("{UnknownSetting}", unknown);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <param name="bound">The type of the property that the section is bound to, if it is one.</param>
    private IEnumerable<string> Below(IConfigurationSection section, Type? bound)
    {
        if (bound is not null && ElementOf(bound) is { } element)
        {
            // Its children's names are their numbers or the operator's own.
            return section.GetChildren().SelectMany(child => Below(child, element));
        }

        var here = _sections.Where(known => string.Equals(known.Path, section.Path, StringComparison.OrdinalIgnoreCase)).ToList();
        if (here.Exists(known => known.Options is null))
        {
            return [];
        }

        var properties = here.Select(known => known.Options).Append(bound).OfType<Type>().SelectMany(type => type.GetProperties())
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0)
            .DistinctBy(property => property.Name).ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        var start = $"{section.Path}{ConfigurationPath.KeyDelimiter}";
        List<string> names = [.. _sections.Where(known => known.Path.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(known => known.Path[start.Length..].Split(ConfigurationPath.KeyDelimiter)[0]).Concat(properties.Keys).Distinct(StringComparer.OrdinalIgnoreCase)];
        return section.GetChildren().SelectMany(child => names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
            ? Below(child, properties.GetValueOrDefault(child.Key))
            : [Told(child, names)]);
    }

    private static string Told(IConfigurationSection unknown, List<string> names)
    {
        var parent = unknown.Path[..^unknown.Key.Length];
        var close = Spelling.Closest(unknown.Key, names);
        var hint = close.Count > 0 ? $" Did you mean {string.Join(" or ", close.Select(name => parent + name))}?"
            : names.Count > 0 ? $" Known there: {string.Join(", ", names.Order(StringComparer.Ordinal))}."
            : null;
        return $"There is no setting {unknown.Path}: it is ignored.{hint}";
    }

    /// <summary>Of a list, an array or a dictionary.</summary>
    private static Type? ElementOf(Type type)
    {
        var generic = type == typeof(string) ? [] : type.GetInterfaces().Append(type).Where(one => one.IsGenericType).ToList();
        return Argument(typeof(IDictionary<,>)) ?? Argument(typeof(IEnumerable<>));

        Type? Argument(Type definition) => generic.Find(one => one.GetGenericTypeDefinition() == definition)?.GetGenericArguments()[^1];
    }
}
