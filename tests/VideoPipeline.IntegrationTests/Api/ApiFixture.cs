using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>
/// One running service for all tests of a class. It has no workers of its own, so that jobs stay as they are unless a test
/// processes them.
/// </summary>
public abstract class ApiFixture
{
    private static int _names;

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private HttpClient? _client;

    /// <summary>Also holds every answer against the API's description.</summary>
    protected HttpClient Client => _client!;

    protected ServerProcess Server => _server!;

    protected TemporaryFolder Folder => _folder;

    internal static IReadOnlyDictionary<string, string> NoWorkers { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["VideoPipeline__Workers__Scrape"] = "0",
        ["VideoPipeline__Workers__Download"] = "0",
        ["VideoPipeline__Workers__Transform"] = "0",
        ["VideoPipeline__Workers__Publish"] = "0",
    };

    protected virtual IReadOnlyDictionary<string, string> Settings => NoWorkers;

    /// <summary>For those that start something else first.</summary>
    protected virtual Task<IReadOnlyDictionary<string, string>> SettingsAsync() => Task.FromResult(Settings);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await ServerProcess.StartAsync(_folder.NewFolder("data"), await SettingsAsync());
        _client = new HttpClient(new ContractHandler(new SocketsHttpHandler())) { BaseAddress = _server.HttpClient.BaseAddress };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    protected static string NewName() => $"channel {Interlocked.Increment(ref _names)}";

    protected async Task<JsonElement> NewChannelAsync(object? more = null)
    {
        var name = NewName();
        var body = JsonSerializer.SerializeToNode(new { name, source = new { kind = "folder", url = _folder.NewFolder(name) } })!.AsObject();
        foreach (var (field, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[field] = value?.DeepClone();
        }

        return await PostAsync("/api/channels", body, HttpStatusCode.Created);
    }

    /// <summary>A video in a channel of its own, and with it its download job.</summary>
    protected async Task<JsonElement> NewVideoAsync(JsonElement? channel = null)
    {
        var owner = channel ?? await NewChannelAsync();
        var file = Path.Combine(owner.GetProperty("source").GetProperty("url").GetString()!, $"{NewName()}.mp4");
        await File.WriteAllTextAsync(file, "not really a video");
        return await PostAsync("/api/videos", new { url = file, channelId = Id(owner) }, HttpStatusCode.Created);
    }

    protected async Task<JsonElement> NewJobAsync(object? more = null)
    {
        var video = await NewVideoAsync();
        var body = JsonSerializer.SerializeToNode(new { videoId = Id(video), jobType = "transform" })!.AsObject();
        foreach (var (field, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[field] = value?.DeepClone();
        }

        return await PostAsync("/api/jobs", body, HttpStatusCode.Created);
    }

    /// <summary>A job that failed for good, as its workflow reported.</summary>
    protected async Task<JsonElement> NewFailedJobAsync(int maxAttempts = 1)
    {
        var job = await NewJobAsync(new { githubWorkflowRunId = 7, maxAttempts });
        return await PostAsync($"/api/jobs/{Id(job)}/workflow-status", new { status = "failed", errorMessage = "It broke." });
    }

    protected async Task<JsonElement> GetAsync(string url, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.GetAsync(url);
        return await ReadAsync(response, expected);
    }

    protected async Task<JsonElement> PostAsync(string url, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.PostAsync(url, body is null ? null : JsonContent.Create(body));
        return await ReadAsync(response, expected);
    }

    protected async Task<JsonElement> PatchAsync(string url, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.PatchAsync(url, JsonContent.Create(body));
        return await ReadAsync(response, expected);
    }

    protected async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        return await Client.SendAsync(request);
    }

    protected static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(expected), text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>That the answer is problem details that name this field.</summary>
    protected static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string? field)
    {
        var problem = await ReadAsync(response, status);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)status));
            Assert.That(problem.GetProperty("title").GetString(), Is.Not.Empty);
            Assert.That(problem.GetProperty("detail").GetString(), Is.Not.Empty.And.Not.Contains("   at ").And.Not.Contains("System."));
            if (field is not null)
            {
                Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Does.Contain(field));
            }
        }
    }

    /// <summary>How many rows there are, as a client can count them.</summary>
    protected async Task<(int Channels, int Videos, int Jobs)> CountAsync() => (
        (await GetAsync("/api/channels?limit=500")).GetProperty("items").GetArrayLength(),
        (await GetAsync("/api/videos?limit=500")).GetProperty("items").GetArrayLength(),
        (await GetAsync("/api/statistics")).GetProperty("totalJobs").GetInt32());

    protected static long Id(JsonElement row) => row.GetProperty("id").GetInt64();

    protected static string? Text(JsonElement row, string field) => row.GetProperty(field).GetString();

    protected static List<long> Ids(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(Id)];
}
