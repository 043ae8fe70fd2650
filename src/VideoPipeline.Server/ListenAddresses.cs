using System.Net;
using Microsoft.Extensions.Options;
using VideoPipeline.Server.Access;

namespace VideoPipeline.Server;

/// <summary>Where the service listens: on this machine only, unless it is told otherwise and there are keys.</summary>
internal static class ListenAddresses
{
    public const string Default = "http://127.0.0.1:5080";

    /// <summary>Unless another address is set. Not in appsettings.json, which would win over ASPNETCORE_URLS.</summary>
    public static void SetDefault(WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>The URLs that the service listens on, each with the setting that says so.</summary>
    public static IEnumerable<(string Setting, string Url)> Of(IConfiguration configuration)
    {
        var urls = configuration[WebHostDefaults.ServerUrlsKey];
        return (string.IsNullOrWhiteSpace(urls) ? Default : urls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => (Setting: "ASPNETCORE_URLS", Url: url))
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren()
                .Select(endpoint => (Setting: $"{endpoint.Path}:Url", Url: endpoint["Url"] ?? string.Empty)));
    }

    /// <summary>Before anything is opened. Whether others may reach the service is known later: <see cref="KeyForOthers"/>.</summary>
    /// <exception cref="OptionsValidationException">An address is none.</exception>
    public static void Check(IConfiguration configuration)
    {
        string[] failures = [.. Of(configuration).Where(address => !IsAddress(address.Url)).Select(address =>
            $"{address.Setting} has '{address.Url}', which is no address to listen on. Allowed are http://127.0.0.1:PORT, http://[::1]:PORT, "
            + "http://localhost:PORT, and with API keys others, such as http://0.0.0.0:PORT.")];
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(nameof(ListenAddresses), typeof(string), failures);
        }
    }

    /// <summary>Whether the server binds this URL to the loopback interface; any name but localhost means all interfaces to it.</summary>
    public static bool IsLoopback(string url)
    {
        try
        {
            var host = BindingAddress.Parse(url).Host;
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            BindingAddress.Parse(url);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
