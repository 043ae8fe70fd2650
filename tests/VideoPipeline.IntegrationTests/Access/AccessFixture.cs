using System.Net;
using System.Text.Json;
using VideoPipeline.IntegrationTests.Api;
using VideoPipeline.Server;

namespace VideoPipeline.IntegrationTests.Access;

/// <summary>A service that asks for keys, with one for each role. Each client can have an address of its own, as behind a proxy.</summary>
public abstract class AccessFixture
{
    protected const string Host = "videos.example.org";

    private static int _addresses;

    protected TemporaryFolder Folder { get; } = new();

    protected ServerProcess Server { get; private set; } = null!;

    protected string Operator { get; private set; } = null!;

    protected string Reader { get; private set; } = null!;

    /// <summary>A stream of events that somebody has opened when nobody needed a key.</summary>
    protected Stream EventsBeforeKeys { get; private set; } = null!;

    protected static Dictionary<string, string> Settings => new(ApiFixture.NoWorkers, StringComparer.Ordinal)
    {
        ["VideoPipeline__Access__TrustedProxies"] = "127.0.0.1",
        ["VideoPipeline__Access__AllowedHosts"] = Host,
    };

    protected string Data => Folder.Of("data");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Server = await ServerProcess.StartAsync(Data, Settings);
        using (var open = await Server.HttpClient.GetAsync("/api/queue"))
        {
            Assert.That(open.StatusCode, Is.EqualTo(HttpStatusCode.OK), "before the first key");
        }

        EventsBeforeKeys = await Server.HttpClient.GetStreamAsync("/api/events");

        Operator = await NewKeyAsync("operator", "operate");
        Reader = await NewKeyAsync("reader", "read");
        await Eventually.TrueAsync(async () => await StatusAsync(HttpMethod.Get, "/api/queue") == HttpStatusCode.Unauthorized, "it asks for keys", TimeSpan.FromSeconds(5));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (EventsBeforeKeys is not null)
        {
            await EventsBeforeKeys.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        Folder.Dispose();
    }

    /// <summary>The program's verb, beside the running service.</summary>
    protected async Task<(int ExitCode, string Output, string Errors)> KeysAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exitCode = await KeysProgram.RunAsync([$"--VideoPipeline:DataDirectory={Data}", .. arguments], output, errors);
        return (exitCode, output.ToString().Trim(), errors.ToString().Trim());
    }

    protected async Task<string> NewKeyAsync(string name, string role)
    {
        var (exitCode, key, errors) = await KeysAsync("create", name, "--role", role);
        Assert.That(exitCode, Is.Zero, errors);
        return key;
    }

    protected async Task<JsonElement> ListedAsync(string name) =>
        JsonElement.Parse((await KeysAsync("list", "--json")).Output).EnumerateArray().Last(key => key.GetProperty("name").GetString() == name);

    /// <summary>A client that keeps its cookies and isn't led elsewhere.</summary>
    protected HttpClient NewClient(string? key = null, string? accept = null)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Server.HttpClient.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", $"192.0.2.{Interlocked.Increment(ref _addresses)}");
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }

        if (accept is not null)
        {
            client.DefaultRequestHeaders.Add("Accept", accept);
        }

        return client;
    }

    protected async Task<HttpStatusCode> StatusAsync(HttpMethod method, string url, string? key = null)
    {
        using var client = NewClient(key);
        using var request = new HttpRequestMessage(method, url);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
