using System.Net;
using System.Net.Sockets;

namespace VideoPipeline.Server.Access;

/// <summary>
/// Counts wrong keys by the address that they come from. Past the limit the answer is 429, and one line in the log tells
/// the operator. A right key is never held up: nobody can lock out others behind the same address.
/// </summary>
internal sealed class FailedAttempts(TimeProvider time, ILogger<FailedAttempts> logger)
{
    public const int MostInWindow = 10;
    public const int MostAddresses = 4096;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<IPAddress, (DateTimeOffset Since, int Count)> _attempts = [];

    /// <summary>How many addresses it remembers.</summary>
    internal int Count => _attempts.Count;

    /// <summary>Counts an attempt.</summary>
    /// <returns>When to try again; null while the limit isn't reached.</returns>
    public TimeSpan? Note(IPAddress? address)
    {
        var from = Group(address);
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var attempt = _attempts.TryGetValue(from, out var known) && now - known.Since < Window ? known : (Since: now, Count: 0);
            attempt.Count++;
            if (attempt.Count == 1)
            {
                // To the end, so that the oldest windows stand in front.
                _attempts.Remove(from);
                Forget(now);
            }

            _attempts[from] = attempt;
            if (attempt.Count == MostInWindow + 1)
            {
                logger.LogWarning("More than {Most} wrong keys within {Window} from {Address}", MostInWindow, Window, from);
            }

            return attempt.Count > MostInWindow ? attempt.Since + Window - now : null;
        }
    }

    /// <summary>An IPv6 network of 64 bits is one subscriber's, who has all of its addresses.</summary>
    private static IPAddress Group(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes()[..NetworkBytes], .. new byte[NetworkBytes]])
            : address;
    }

    private void Forget(DateTimeOffset now)
    {
        while (_attempts.Count > 0 && (_attempts.Count >= MostAddresses || now - _attempts.GetAt(0).Value.Since >= Window))
        {
            _attempts.RemoveAt(0);
        }
    }
}
