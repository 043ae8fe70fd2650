using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the service would accept its settings.</summary>
internal static class SettingsCheck
{
    private const string Mend = "Correct it in appsettings.json or the environment; docs/configuration.md has every setting.";

    public static List<Finding> Run(IServiceProvider services, IConfiguration configuration)
    {
        var failures = new List<string>();
        Collect(() => services.GetService<IStartupValidator>()?.Validate(), failures);
        Collect(() => ListenAddresses.Check(configuration), failures);
        return failures.Count == 0
            ? [Finding.Ok("settings", "All are valid.")]
            : [.. failures.Select(failure => Finding.Failed("settings", failure, Mend))];
    }

    private static void Collect(Action check, List<string> failures)
    {
        try
        {
            check();
        }
        catch (OptionsValidationException exception)
        {
            failures.AddRange(exception.Failures);
        }
        catch (AggregateException exception)
        {
            failures.AddRange(exception.InnerExceptions.SelectMany(inner => inner is OptionsValidationException wrong ? wrong.Failures : [inner.Message]));
        }
    }
}
