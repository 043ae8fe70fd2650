using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using VideoPipeline.Cli.Display;

namespace VideoPipeline.Cli.Remote;

/// <summary>Speaks to the service's HTTP API; whatever goes wrong is a <see cref="CommandFailure"/> that says it to people.</summary>
internal sealed class ServiceClient : IDisposable
{
    public const string KeyHeader = "X-Api-Key";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // A bulk call over many jobs takes its time.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly Terminal _terminal;

    public ServiceClient(ServiceAddress address, Terminal terminal)
    {
        _terminal = terminal;
        Url = address.Url;

        // A redirect would carry the key to wherever it leads.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout, UseCookies = false })
        {
            BaseAddress = address.Url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("videopipeline", typeof(ServiceClient).Assembly.GetName().Version?.ToString(3)));
        if (address.Key is not null)
        {
            _http.DefaultRequestHeaders.Add(KeyHeader, address.Key);
        }
    }

    public Uri Url { get; }

    /// <summary>A path with those of the parameters that have a value.</summary>
    public static string Path(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var result = new StringBuilder(path);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                result.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return result.ToString();
    }

    /// <param name="path">Relative to the service's address, without a slash in front.</param>
    /// <param name="what">What would be refused: <c>to retry job 7</c>; null when it is only read.</param>
    /// <returns>The answer's text.</returns>
    /// <exception cref="CommandFailure">It doesn't answer, or refuses.</exception>
    public async Task<string> SendAsync(HttpMethod method, string path, string? what, CancellationToken cancellationToken, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        var (status, text) = await _terminal.WaitAsync(() => SendAsync(request, cancellationToken), $"Waiting for {Url} ...");
        return Refusal.IsOne(status) ? throw Refusal.Of(status, text, what, Url) : text;
    }

    public Task<string> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, what: null, cancellationToken);

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Read(await GetAsync(path, cancellationToken), type);

    /// <summary>What the service answers, whatever the status says of it.</summary>
    public async Task<(HttpStatusCode Status, string Text)> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await _terminal.WaitAsync(() => SendAsync(request, cancellationToken), $"Waiting for {Url} ...");
    }

    /// <summary>A stream of server-sent events, which ends when the service or the connection does.</summary>
    /// <exception cref="CommandFailure">It doesn't answer, or refuses.</exception>
    public async Task<Stream> OpenEventsAsync(string path, string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Refusal.IsOne(response.StatusCode)
                ? throw Refusal.Of(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), "to tell what happens", Url)
                : await response.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw NotReachable(exception.Message, exception);
        }
    }

    /// <exception cref="CommandFailure">It is not what the API answers.</exception>
    public T Read<T>(string text, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new CommandFailure(ExitCode.Failed, $"what {Url} answers isn't VideoPipeline's API, or that of another version.", inner: exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, _terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (HttpRequestException exception)
        {
            throw NotReachable(exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotReachable("it takes too long", exception);
        }
    }

    private CommandFailure NotReachable(string reason, Exception exception) => new(
        ExitCode.NotReachable,
        $"the service at {Url} doesn't answer: {SafeText.Printable(reason)}",
        $"Is it running? Start it with 'videopipeline serve', or name another one with --url or {ServiceAddress.UrlVariable}.",
        inner: exception);
}
