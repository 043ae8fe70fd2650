using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Stages.Transform;

/// <summary>The profiles of the settings, for <see cref="TransformProfiles"/>.</summary>
public sealed class TransformProfileOptions
{
    public IReadOnlyList<TransformProfile> Profiles { get; set; } = [];
}

/// <summary>
/// Reads <c>VideoPipeline:Profiles:{name}</c>. Other settings that are misspelt go unnoticed; here they are refused, since
/// what they were meant to say would be found missing in published videos only.
/// </summary>
internal sealed class TransformProfileSettings(IConfigurationSection section) : IConfigureOptions<TransformProfileOptions>
{
    private const string Extends = "Extends";
    private const int MaxNameLength = 64;

    private static readonly string[] Allowed = [Extends, .. NamesIn(typeof(TransformProfile)).Where(name => name != nameof(TransformProfile.Name))];

    /// <exception cref="OptionsValidationException">Names every setting that is wrong, and what is allowed.</exception>
    public void Configure(TransformProfileOptions options)
    {
        var failures = new List<string>();
        options.Profiles = [.. section.GetChildren().Select(profile => Read(profile, failures)).OfType<TransformProfile>()];
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(TransformProfileOptions), typeof(TransformProfileOptions), failures);
        }
    }

    private static TransformProfile? Read(IConfigurationSection section, List<string> failures)
    {
        var before = failures.Count;
        if (section.Key.Length > MaxNameLength || !section.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            failures.Add($"{section.Path} must have a name of 1 to {MaxNameLength} letters, digits and - _ .");
        }

        if (section.Value is { Length: > 0 })
        {
            failures.Add($"{section.Path} must be a group of settings, but is '{section.Value}'.");
        }

        failures.AddRange(section.GetChildren()
            .Where(setting => !Allowed.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            .Select(setting => $"{setting.Path} is no setting of a profile: must be one of {string.Join(", ", Allowed)}."));

        foreach (var group in typeof(TransformProfile).GetProperties().Where(property => property.PropertyType.IsDefined(typeof(SettingsGroupAttribute), inherit: false)))
        {
            var names = NamesIn(group.PropertyType).ToList();
            failures.AddRange(section.GetSection(group.Name).GetChildren()
                .Where(setting => !names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
                .Select(setting => $"{setting.Path} is no setting of {group.Name}: must be one of {string.Join(", ", names)}."));
        }

        // One of the same name is what it changes, unless it says otherwise.
        var shipped = TransformProfiles.Shipped;
        var extended = section[Extends] is { } name ? shipped.Find(name) : shipped.Find(section.Key) ?? shipped.Find(TransformProfiles.Default);
        if (extended is null)
        {
            failures.Add($"{section.Path}:{Extends} must be one of {string.Join(", ", shipped.Names)}, but is '{section[Extends]}'.");
        }

        if (failures.Count > before)
        {
            return null;
        }

        // A copy: the binding writes into it.
        var profile = extended! with { };
        try
        {
            var settings = new SettingsValidation<TransformProfile>(section);
            settings.Configure(profile);
            failures.AddRange(settings.Validate(name: null, profile).Failures ?? []);
            failures.AddRange(ProfileFiles.Problems(profile).Select(problem => $"{section.Path}:{problem}"));
        }
        catch (OptionsValidationException exception)
        {
            failures.AddRange(exception.Failures);
        }

        return profile with { Name = section.Key };
    }

    private static IEnumerable<string> NamesIn(Type group) => group.GetProperties().Where(property => property.CanWrite).Select(property => property.Name);
}
