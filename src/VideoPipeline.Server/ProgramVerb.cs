using System.Net;
using Microsoft.Extensions.Options;
using VideoPipeline.Database;

namespace VideoPipeline.Server;

/// <summary>
/// What the program does instead of running the service when its first argument is a word: <c>schema MODE</c> prints the
/// tables' SQL, <c>health</c> asks the service that runs beside it, <c>youtube-login</c> signs in to YouTube, <c>keys</c>
/// creates, lists and revokes API keys.
/// </summary>
internal static class ProgramVerb
{
    private const string Usage = """
        Usage: VideoPipeline.Server                                the service
               VideoPipeline.Server schema PostgreSql|SqlServer    prints the SQL that creates or upgrades its tables
               VideoPipeline.Server health                         exit code 0 when the service on this machine answers
               VideoPipeline.Server youtube-login                  signs in to the YouTube channel to publish on
               VideoPipeline.Server keys create|list|revoke        API keys, with which others may reach the service
        """;

    private const int Failed = 1;
    private const int WrongUsage = 2;

    private static readonly StorageMode[] ScriptedModes = [StorageMode.PostgreSql, StorageMode.SqlServer];

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    /// <returns>The exit code; null when there is no verb and the service shall run.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        // Settings may be given as arguments, too: --name=value, /name=value, name=value.
        if (args.Length == 0 || args[0].StartsWith('-') || args[0].StartsWith('/') || args[0].Contains('='))
        {
            return null;
        }

        switch (args)
        {
            case ["schema", var name] when ScriptedModes.Any(mode => IsCalled(mode, name)):
                await output.WriteAsync(SchemaScript.Of(ScriptedModes.First(mode => IsCalled(mode, name))));
                return 0;
            case ["health"]:
                return await HealthAsync(output, errors);
            case [YouTubeLogin.Verb, .. var settings]:
                return await YouTubeLogin.RunAsync(settings, output, errors);
            case [KeysProgram.Verb, .. var rest]:
                return await KeysProgram.RunAsync(rest, output, errors);
            default:
                await errors.WriteLineAsync($"VideoPipeline.Server doesn't know '{string.Join(' ', args)}'.\n\n{Usage}");
                return WrongUsage;
        }
    }

    private static bool IsCalled(StorageMode mode, string name) => name.Equals(mode.ToString(), StringComparison.OrdinalIgnoreCase);

    private static async Task<int> HealthAsync(TextWriter output, TextWriter errors)
    {
        Uri address;
        try
        {
            address = Probe(ListenAddresses.Of(ServiceProgram.CreateBuilder([]).Configuration).First().Url);
        }
        catch (OptionsValidationException exception)
        {
            await errors.WriteLineAsync(string.Join(' ', exception.Failures));
            return Failed;
        }

        try
        {
            using var client = new HttpClient { Timeout = HealthTimeout };
            using var response = await client.GetAsync(address);
            await (response.IsSuccessStatusCode ? output : errors).WriteLineAsync($"{address} answers {(int)response.StatusCode}.");
            return response.StatusCode == HttpStatusCode.OK ? 0 : Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{address} doesn't answer: {exception.Message}");
            return Failed;
        }
    }

    /// <summary>Where a service that listens here is asked; one on all interfaces answers on the loopback interface, too.</summary>
    internal static Uri Probe(string listening)
    {
        var binding = BindingAddress.Parse(listening);
        var host = ListenAddresses.IsLoopback(listening) || IsOne(binding.Host) ? binding.Host : "127.0.0.1";
        return new Uri($"{binding.Scheme}://{host}:{binding.Port}/health/live");

        static bool IsOne(string host) => IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
    }
}
