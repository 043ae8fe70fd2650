using System.Net.Http.Json;
using System.Text.Json;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>A client of the service's HTTP API: what a test asks for over and over.</summary>
internal sealed class ServiceApi(HttpClient client)
{
    public Task<JsonElement> GetAsync(string url) => SendAsync(HttpMethod.Get, url);

    public Task<JsonElement> PostAsync(string url, object? body = null) => SendAsync(HttpMethod.Post, url, body);

    public Task<JsonElement> PatchAsync(string url, object body) => SendAsync(HttpMethod.Patch, url, body);

    public Task DeleteAsync(string url) => SendAsync(HttpMethod.Delete, url);

    /// <summary>Adds a channel over a folder of this machine.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> AddChannelAsync(string name, string folder, string? cron = null) => Id(await PostAsync(
        "/api/channels",
        new { name, source = new { kind = "folder", url = folder }, rights = "own", cron, allowPrivateNetworks = true }));

    /// <summary>Adds a video.</summary>
    /// <returns>Its id and that of its download job.</returns>
    public async Task<(long Id, long DownloadId)> AddVideoAsync(long channelId, string url)
    {
        var video = await PostAsync("/api/videos", new { channelId, url });
        return (Id(video), Id(video.GetProperty("stages")[0]));
    }

    public Task<JsonElement> JobAsync(long id) => GetAsync($"/api/jobs/{id}");

    /// <summary>All jobs that match, over all pages, oldest first.</summary>
    public Task<List<JsonElement>> JobsAsync(string query = "") => AllAsync("/api/jobs", query);

    public Task<List<JsonElement>> VideosAsync() => AllAsync("/api/videos", "");

    /// <summary>Waits until the job has this status.</summary>
    public Task<JsonElement> UntilAsync(long jobId, string status, TimeSpan? within = null) =>
        UntilAsync(jobId, job => Text(job, "status") == status, $"job {jobId} is {status}", within);

    public async Task<JsonElement> UntilAsync(long jobId, Func<JsonElement, bool> condition, string what, TimeSpan? within = null)
    {
        JsonElement job = default;
        try
        {
            await Eventually.TrueAsync(async () => condition(job = await JobAsync(jobId)), what, within);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}; it is {job.GetRawText()}", exception);
        }

        return job;
    }

    /// <summary>Waits for the video's job of this type, which the stage before it creates, and for it to have this status.</summary>
    public async Task<JsonElement> UntilStageAsync(long videoId, string jobType, string status, TimeSpan? within = null)
    {
        await Eventually.TrueAsync(async () => (await JobsAsync($"videoId={videoId}&jobType={jobType}")).Count > 0, $"{jobType} of video {videoId} is there", within);
        return await UntilAsync(Id((await JobsAsync($"videoId={videoId}&jobType={jobType}"))[^1]), status, within);
    }

    /// <summary>Waits until every job has reached an end.</summary>
    public Task UntilIdleAsync(TimeSpan within) => Eventually.TrueAsync(
        async () =>
        {
            var queue = await GetAsync("/api/queue");
            return Number(queue, "queued") + Number(queue, "processing") + Number(queue, "retrying") == 0;
        },
        "no job waits or runs",
        within);

    public static long Id(JsonElement row) => Number(row, "id");

    public static long Number(JsonElement row, string field) => row.GetProperty(field).GetInt64();

    public static string? Text(JsonElement row, string field) => row.GetProperty(field).GetString();

    private async Task<List<JsonElement>> AllAsync(string url, string query)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{url}?limit=500&{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = Text(page, "nextCursor");
        }
        while (cursor is not null);

        all.Reverse();
        return all;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string url, object? body = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? text.Length == 0 ? default : JsonElement.Parse(text)
            : throw new HttpRequestException($"{method} {url} answered {(int)response.StatusCode}: {text}", inner: null, response.StatusCode);
    }
}
