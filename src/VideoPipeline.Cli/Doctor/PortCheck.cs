using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using VideoPipeline.Server;

namespace VideoPipeline.Cli.Doctor;

/// <summary>Whether the service could listen where its settings say, or listens there.</summary>
internal static class PortCheck
{
    private const string Name = "port";

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    public static async IAsyncEnumerable<Finding> RunAsync(IConfiguration configuration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (setting, url) in ListenAddresses.Of(configuration))
        {
            yield return await CheckAsync(setting, url, cancellationToken);
        }
    }

    private static async Task<Finding> CheckAsync(string setting, string url, CancellationToken cancellationToken)
    {
        var binding = BindingAddress.Parse(url);
        if (binding.Port == 0)
        {
            return Finding.Ok(Name, $"{url} is any port that is free.");
        }

        var address = IPAddress.TryParse(binding.Host, out var given) ? given : ListenAddresses.IsLoopback(url) ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(address, binding.Port) { ExclusiveAddressUse = true };
            listener.Start();
            return Finding.Ok(Name, $"{url} is free.");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return await IsServiceAsync(ProgramVerb.Probe(url), cancellationToken)
                ? Finding.Ok(Name, $"VideoPipeline answers at {url}.")
                : Finding.Failed(Name, $"{url} is in use by another program.", $"End that program, or set {setting} to another port.");
        }
        catch (SocketException exception)
        {
            return Finding.Failed(Name, $"{url} can't be listened on: {exception.Message}", $"Set {setting} to an address of this machine and a port from 1024.");
        }
    }

    private static async Task<bool> IsServiceAsync(Uri live, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient { Timeout = ProbeTimeout };
            using var answer = await http.GetAsync(live, cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("\"live\"", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
