using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the service would accept its settings, and reads them all.</summary>
internal static class SettingsCheck
{
    private const string Name = "settings";
    private const string Mend = "Correct it in appsettings.json or the environment; docs/configuration.md has every setting.";

    /// <summary>Reads them.</summary>
    /// <returns>Why that can't be done; null when it was.</returns>
    public static Finding? Read(string[] settings, out WebApplicationBuilder builder)
    {
        try
        {
            builder = ServiceProgram.CreateBuilder(settings);
            return null;
        }
        catch (OptionsValidationException exception)
        {
            builder = null!;
            return Finding.Failed(Name, string.Join(' ', exception.Failures), "Correct the file.");
        }
    }

    public static List<Finding> Run(IServiceProvider services, IConfiguration configuration)
    {
        var failures = new List<string>();
        Collect(() => services.GetService<IStartupValidator>()?.Validate(), failures);
        Collect(() => ListenAddresses.Check(configuration), failures);
        List<Finding> findings = [
            .. failures.Select(failure => Finding.Failed(Name, failure, Mend)),
            .. services.GetRequiredService<UnknownSettings>().Find().Select(unknown => Finding.Warning(Name, unknown, Mend)),
        ];
        return findings.Count > 0 ? findings : [Finding.Ok(Name, "All are valid.")];
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
