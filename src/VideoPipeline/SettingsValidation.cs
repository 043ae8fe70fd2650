using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace VideoPipeline;

/// <summary>
/// Binds a section of the settings to its options and checks them by their attributes. What is wrong is told by the name
/// that its operator wrote, <c>VideoPipeline:Workers:Scrape</c>, with what is allowed.
/// </summary>
internal sealed class SettingsValidation<T>(IConfigurationSection section) : IConfigureOptions<T>, IValidateOptions<T>
    where T : class
{
    public void Configure(T options) => Bind(options, section);

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = new List<string>();
        Check(options, section.Path, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Bind(object options, IConfigurationSection section)
    {
        // One by one: the binder's own complaint names a .NET type instead of what is allowed.
        foreach (var property in options.GetType().GetProperties().Where(property => property.CanWrite))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var setting = section.GetSection(property.Name);
            try
            {
                if (IsGroup(type))
                {
                    if (setting.Value is { Length: > 0 })
                    {
                        throw new OptionsValidationException(
                            typeof(T).Name, typeof(T), [$"{setting.Path} must be a group of settings, but is '{setting.Value}'."]);
                    }

                    if (setting.GetChildren().Any())
                    {
                        var group = Activator.CreateInstance(type)!;
                        Bind(group, setting);
                        property.SetValue(options, group);
                    }
                }
                else if (setting.Value is not null || setting.GetChildren().Any())
                {
                    property.SetValue(options, setting.Get(property.PropertyType));
                }
            }
            catch (InvalidOperationException exception)
            {
                throw new OptionsValidationException(
                    typeof(T).Name, typeof(T), [$"{setting.Path} must be {Kind(type)}, but is '{setting.Value}'." + (setting.Value is null ? $" {exception.Message}" : null)]);
            }
        }
    }

    private static void Check(object options, string path, List<string> failures)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            var value = property.GetValue(options);
            failures.AddRange(property.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>()
                .Where(attribute => !attribute.IsValid(value))
                .Select(attribute => $"{path}:{property.Name} {Allowed(attribute, property.Name)}, but is '{value}'."));
            if (value is not null && IsGroup(property.PropertyType))
            {
                Check(value, $"{path}:{property.Name}", failures);
            }
        }

        if (options is IValidatableObject together)
        {
            failures.AddRange(together.Validate(new ValidationContext(options)).Select(result => $"{path}:{result.MemberNames.First()} {result.ErrorMessage}"));
        }
    }

    private static bool IsGroup(Type type) => type.IsDefined(typeof(SettingsGroupAttribute), inherit: false);

    private static string Allowed(ValidationAttribute attribute, string name) => attribute switch
    {
        RequiredAttribute => "must not be empty",
        RangeAttribute range => $"must be from {range.Minimum} to {range.Maximum}",
        EnumDataTypeAttribute names => $"must be one of {string.Join(", ", Enum.GetNames(names.EnumType))}",
        AllowedValuesAttribute values => $"must be one of {string.Join(", ", values.Values)}",
        { ErrorMessage: { } allowed } => allowed,
        _ => $"is wrong: {attribute.FormatErrorMessage(name)}",
    };

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(TimeSpan) => "a duration such as 00:00:30",
        _ => $"a {type.Name}",
    };
}
