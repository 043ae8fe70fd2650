using System.ComponentModel.DataAnnotations;
using System.Net;

namespace VideoPipeline.Access;

/// <summary>Settings <c>VideoPipeline:Access</c>: who gets in.</summary>
public sealed class AccessOptions : IValidatableObject
{
    /// <summary>Ask for a key even before the first one was created.</summary>
    public bool RequireKeys { get; set; }

    /// <summary>
    /// By which host names the service may be called besides this machine's own and plain addresses, separated by <c>;</c>. <c>*.example.org</c> means all
    /// below it, <c>*</c> any. Only with keys.
    /// </summary>
    public string AllowedHosts { get; set; } = string.Empty;

    /// <summary>The reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses or networks, separated by <c>;</c>.</summary>
    public string TrustedProxies { get; set; } = string.Empty;

    /// <summary>How long a browser stays signed in without a request.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(7);

    public IReadOnlyList<string> Hosts => Split(AllowedHosts);

    public IReadOnlyList<IPNetwork> ProxyNetworks => [.. Split(TrustedProxies).Select(Network).OfType<IPNetwork>()];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Hosts.FirstOrDefault(host => host != "*" && Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) == UriHostNameType.Unknown) is { } wrong)
        {
            yield return new ValidationResult($"must be host names without a port, separated by ;, but has '{wrong}'.", [nameof(AllowedHosts)]);
        }

        if (Split(TrustedProxies).FirstOrDefault(proxy => Network(proxy) is null) is { } noNetwork)
        {
            yield return new ValidationResult($"must be addresses or networks such as 10.0.0.0/8, separated by ;, but has '{noNetwork}'.", [nameof(TrustedProxies)]);
        }
    }

    private static string[] Split(string? list) => (list ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPNetwork? Network(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(text, out var network) ? network : null;
}
