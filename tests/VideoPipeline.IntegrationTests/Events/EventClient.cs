using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Events;

/// <summary>An event as a client got it.</summary>
internal sealed record ReceivedEvent(string? Id, string Name, JsonElement Data);

/// <summary>
/// Listens to <c>/api/events</c>, and connects again after a cut like a browser: with the id of the last event that it got.
/// </summary>
internal sealed class EventClient : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<ReceivedEvent> _received = new();
    private readonly Task _listening;
    private int _connections;
    private volatile string? _lastId;

    public EventClient(Uri server, string query = "", string? lastId = null)
    {
        _http = new HttpClient { BaseAddress = server };
        _lastId = lastId;
        _listening = ListenAsync($"/api/events{query}");
    }

    public IReadOnlyList<ReceivedEvent> Received => [.. _received];

    public IReadOnlyList<JsonElement> Jobs => [.. _received.Where(received => received.Name == "job").Select(received => received.Data)];

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Begins to listen, and waits until it is told what is paused: from then on it misses nothing.</summary>
    public static async Task<EventClient> StartAsync(Uri server, string query = "", string? lastId = null)
    {
        var client = new EventClient(server, query, lastId);
        await client.UntilAsync(received => received.Name == "queue", "it listens");
        return client;
    }

    public async Task<ReceivedEvent> UntilAsync(Func<ReceivedEvent, bool> condition, string what, TimeSpan? within = null) =>
        await Eventually.ValueAsync(() => Task.FromResult(_received.FirstOrDefault(condition)), what, within);

    public Task<ReceivedEvent> UntilJobAsync(long id, string status, TimeSpan? within = null) => UntilAsync(
        received => received.Name == "job" && received.Data.GetProperty("id").GetInt64() == id && received.Data.GetProperty("status").GetString() == status,
        $"it hears that job {id} is {status}",
        within);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _listening;
        _http.Dispose();
        _end.Dispose();
    }

    private async Task ListenAsync(string url)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                if (_lastId is not null)
                {
                    request.Headers.Add("Last-Event-ID", _lastId);
                }

                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _end.Token);
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref _connections);
                await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(_end.Token)).EnumerateAsync(_end.Token))
                {
                    _received.Enqueue(new(item.EventId, item.EventType, JsonElement.Parse(item.Data)));
                    _lastId = item.EventId;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // Cut off, or at its end.
            }

            await Task.Delay(Pause, TimeProvider.System, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
