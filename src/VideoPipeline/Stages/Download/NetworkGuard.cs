using System.Net;
using System.Net.Sockets;

namespace VideoPipeline.Stages.Download;

/// <summary>
/// Keeps URLs that users give from reaching into the network that this service stands in. It decides on the address that is
/// connected to, after the name is resolved, so neither a name that resolves to a private address nor a redirect gets by.
/// </summary>
public static class NetworkGuard
{
    // Special-purpose addresses of https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 counterpart.
    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"), // this network
        IPNetwork.Parse("10.0.0.0/8"), // private
        IPNetwork.Parse("100.64.0.0/10"), // carrier-grade NAT
        IPNetwork.Parse("127.0.0.0/8"), // loopback
        IPNetwork.Parse("169.254.0.0/16"), // link-local, and the metadata services of clouds
        IPNetwork.Parse("172.16.0.0/12"), // private
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments
        IPNetwork.Parse("192.0.2.0/24"), // documentation
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"), // private
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"), // documentation
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, broadcast
    ];

    // Of IPv6 only global unicast is public, and not all of it: the rest is unspecified, loopback, mapped, unique local
    // (fc00::/7), link-local (fe80::/10), multicast (ff00::/8), NAT64 (64:ff9b::/96 reaches IPv4) or not assigned.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicUnicast =
    [
        IPNetwork.Parse("2001::/23"), // protocol assignments, among them Teredo, which reaches IPv4
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("2002::/16"), // 6to4, which reaches IPv4
        IPNetwork.Parse("3fff::/20"), // documentation
    ];

    /// <summary>True for an address that anybody on the internet can be reached at.</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !NotPublic.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6
            && GlobalUnicast.Contains(address) && !NotPublicUnicast.Any(network => network.Contains(address)),
        _ => false,
    };

    /// <summary>
    /// For programs that connect by themselves: looks at all addresses that the name has now. They look it up again, and
    /// follow redirects unseen, so this is less than <see cref="ConnectAsync"/> does.
    /// </summary>
    /// <exception cref="PermanentFailureException">One of them isn't public.</exception>
    /// <exception cref="TransientFailureException">The name has no address now.</exception>
    public static async Task DemandPublicAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            if (!addresses.All(IsPublic))
            {
                throw NotPublicFailure(host);
            }
        }
        catch (SocketException exception)
        {
            throw new TransientFailureException($"{host} can't be found: {exception.Message}", exception);
        }
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: connects to public addresses only.</summary>
    /// <exception cref="PermanentFailureException">The name has no public address. <see cref="HttpClient"/> wraps it.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);

        // Connected to by address: a second look-up could give another answer than the one that was judged.
        var allowed = addresses.Where(IsPublic).ToArray();
        if (allowed.Length == 0)
        {
            throw NotPublicFailure(host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static PermanentFailureException NotPublicFailure(string host) =>
        new($"{host} is an address of a private network or of this machine. If that is meant, set allowPrivateNetworks on the channel.");
}
