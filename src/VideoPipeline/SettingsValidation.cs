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
    public void Configure(T options)
    {
        // One by one: the binder's own complaint names a .NET type instead of what is allowed.
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var setting = section.GetSection(property.Name);
            try
            {
                if (setting.Value is not null || setting.GetChildren().Any())
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

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = new List<string>();
        foreach (var property in typeof(T).GetProperties())
        {
            var value = property.GetValue(options);
            failures.AddRange(property.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>()
                .Where(attribute => !attribute.IsValid(value))
                .Select(attribute => $"{section.Path}:{property.Name} {Allowed(attribute, property.Name)}, but is '{value}'."));
        }

        if (options is IValidatableObject together)
        {
            failures.AddRange(together.Validate(new ValidationContext(options)).Select(result => $"{section.Path}:{result.MemberNames.First()} {result.ErrorMessage}"));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

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
