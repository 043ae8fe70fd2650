using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VideoPipeline.IntegrationTests;

/// <summary>What happens to the connection that carries a certain byte.</summary>
public enum NetworkFault
{
    /// <summary>Reset, both ways: both ends get an error.</summary>
    Cut,

    /// <summary>Closed in order, as if that were all: the receiver gets less than it was promised.</summary>
    Truncate,

    /// <summary>Nothing more is passed on in this direction, and nobody is told.</summary>
    FallSilent,
}

public enum NetworkDirection
{
    ToServer,
    ToClient,
}

/// <summary>
/// A TCP proxy on a loopback port between a client and a real server: slow, cut, truncated or silent on demand, and faultless
/// otherwise.
/// </summary>
public sealed class FaultyNetwork : IAsyncDisposable
{
    private readonly IPEndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly Lock _lock = new();
    private readonly Queue<Planned> _planned = new();
    private readonly long[] _passed = new long[2];
    private readonly Task _accepting;
    private int _faults;

    private FaultyNetwork(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waited for before each piece is passed on, either way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>New connections are closed at once, and so are those that are open when this becomes true.</summary>
    public bool IsDown
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                CutAll();
            }
        }
    }

    /// <summary>How many faults there have been.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <param name="server">On this machine.</param>
    public static FaultyNetwork To(Uri server) => new(new(IPAddress.Parse(server.Host), server.Port));

    /// <summary>The server's address, by way of this network.</summary>
    public Uri Through(Uri server) => new UriBuilder(server) { Host = IPAddress.Loopback.ToString(), Port = Port }.Uri;

    /// <summary>How many bytes have been passed on so far.</summary>
    public long Passed(NetworkDirection direction) => Interlocked.Read(ref _passed[(int)direction]);

    /// <summary>
    /// Plans a fault: when so many more bytes have gone in this direction, over whichever connections. Faults happen in the
    /// order in which they are planned.
    /// </summary>
    public void Plan(NetworkFault fault, NetworkDirection direction, long afterBytes) => Plan(new(fault, direction, afterBytes, Text: null));

    /// <summary>Plans a fault instead of passing on the piece that has this text in it; one that is cut in two goes unnoticed.</summary>
    public void PlanAt(NetworkFault fault, NetworkDirection direction, string text) =>
        Plan(new(fault, direction, long.MaxValue, Encoding.ASCII.GetBytes(text)));

    private void Plan(Planned planned)
    {
        lock (_lock)
        {
            _planned.Enqueue(planned);
        }
    }

    /// <summary>Resets every open connection.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                var connection = new Connection(client, new(SocketType.Stream, ProtocolType.Tcp));
                if (IsDown)
                {
                    connection.Cut();
                    continue;
                }

                _connections[connection] = PassAsync(connection);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task PassAsync(Connection connection)
    {
        await Task.Yield();
        try
        {
            await connection.Server.ConnectAsync(_server, _end.Token);
            await Task.WhenAll(
                PassAsync(connection, connection.Client, connection.Server, NetworkDirection.ToServer),
                PassAsync(connection, connection.Server, connection.Client, NetworkDirection.ToClient));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            connection.Cut();
        }
        finally
        {
            connection.Close();
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task PassAsync(Connection connection, Socket from, Socket to, NetworkDirection direction)
    {
        var buffer = new byte[1 << 16];
        int received;
        while ((received = await from.ReceiveAsync(buffer, _end.Token)) > 0)
        {
            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, TimeProvider.System, _end.Token);
            }

            var (pass, fault) = Decide(direction, buffer.AsSpan(0, received));
            for (var sent = 0; sent < pass;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, pass - sent), _end.Token);
            }

            Interlocked.Add(ref _passed[(int)direction], pass);
            switch (fault)
            {
                case NetworkFault.Cut:
                    connection.Cut();
                    return;
                case NetworkFault.Truncate:
                    to.Shutdown(SocketShutdown.Send);
                    from.Close();
                    return;
                case NetworkFault.FallSilent:
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token);
                    return;
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private (int Pass, NetworkFault? Fault) Decide(NetworkDirection direction, ReadOnlySpan<byte> received)
    {
        lock (_lock)
        {
            if (!_planned.TryPeek(out var next) || next.Direction != direction)
            {
                return (received.Length, null);
            }

            var hasText = next.Text is not null && received.IndexOf(next.Text) >= 0;
            if (!hasText && next.Remaining > received.Length)
            {
                next.Remaining -= next.Text is null ? received.Length : 0;
                return (received.Length, null);
            }

            _planned.Dequeue();
            Interlocked.Increment(ref _faults);
            return (hasText ? 0 : (int)next.Remaining, next.Fault);
        }
    }

    private sealed record Planned(NetworkFault Fault, NetworkDirection Direction, long AfterBytes, byte[]? Text)
    {
        public long Remaining { get; set; } = AfterBytes;
    }

    private sealed record Connection(Socket Client, Socket Server)
    {
        /// <summary>Closing with a linger time of zero sends a reset instead of a farewell.</summary>
        public void Cut()
        {
            Client.Close(timeout: 0);
            Server.Close(timeout: 0);
        }

        public void Close()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
