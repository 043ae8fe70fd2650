using System.Net;
using System.Text;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>Every operation of the API's description, one by one: how it succeeds, and what all of them refuse.</summary>
public sealed class ApiOperationsTests : ApiFixture
{
    /// <summary>How each operation succeeds. One that is new in the description needs a line here.</summary>
    private static readonly SampleCall[] Calls =
    [
        new("POST /api/channels", Body: """{"name":"{name}","source":{"kind":"folder","url":"{folder}"}}""", Status: 201),
        new("GET /api/channels"),
        new("GET /api/channels/{id}", Id: "channel"),
        new("PATCH /api/channels/{id}", Id: "channel", Body: """{"priority":7}"""),
        new("DELETE /api/channels/{id}", Id: "channel", Status: 204),
        new("POST /api/channels/{id}/resume", Id: "channel"),
        new("POST /api/channels/{id}/scrape", Id: "channel", Status: 201),
        new("POST /api/videos", Body: """{"url":"https://videos.example/{name}","channelId":{channel}}""", Status: 201),
        new("GET /api/videos"),
        new("GET /api/videos/{id}", Id: "video"),
        new("GET /api/videos/{id}/artifacts/{kind}", Id: "stored"),
        new("HEAD /api/videos/{id}/artifacts/{kind}", Id: "stored"),
        new("POST /api/jobs", Body: """{"videoId":{video},"jobType":"publish"}""", Status: 201),
        new("GET /api/jobs"),
        new("POST /api/jobs/retry", Body: """{"ids":[{failed}]}"""),
        new("POST /api/jobs/cancel", Body: """{"ids":[{job}]}"""),
        new("POST /api/jobs/reprioritise", Body: """{"ids":[{job}],"priority":1}"""),
        new("GET /api/jobs/{id}", Id: "job"),
        new("PATCH /api/jobs/{id}", Id: "job", Body: """{"priority":7}"""),
        new("POST /api/jobs/{id}/retry", Id: "failed"),
        new("POST /api/jobs/{id}/cancel", Id: "job"),
        new("GET /api/jobs/{id}/explain", Id: "job"),
        new("POST /api/jobs/{id}/workflow-status", Id: "workflow", Body: """{"status":"processing"}"""),
        new("GET /api/queue"),
        new("POST /api/queue/pause", Body: """{"jobType":"transform","reason":"a test"}"""),
        new("POST /api/queue/resume", Body: """{"jobType":"transform"}"""),
        new("POST /api/queue/process-next", Body: """{"jobType":"scrape"}""", Status: null),
        new("POST /api/queue/process-batch", Body: """{"jobType":"scrape","batchSize":1}"""),
        new("POST /api/queue/process-retrying"),
        new("GET /api/events"),
        new("GET /api/nodes"),
        new("GET /api/statistics"),
        new("GET /api/statistics/history"),
        new("GET /api/audit"),
        new("GET /api/notifications"),

        // There is none without a webhook; how it succeeds is tested where there is one.
        new("POST /api/notifications/{id}/retry", Id: "none", Status: 404),

        // Closed without a secret; how it succeeds is tested where there is one.
        new("POST /api/webhooks/github", Status: 403),
        new("GET /health/live"),
        new("GET /health/ready"),
    ];

    private static IEnumerable<TestCaseData> Operations => Calls.Select(call => new TestCaseData(call).SetArgDisplayNames(call.Operation));

    private static IEnumerable<TestCaseData> OperationsWithId => Calls.Where(call => call.Id is not null).Select(call => new TestCaseData(call).SetArgDisplayNames(call.Operation));

    private static IEnumerable<TestCaseData> OperationsWithBody => Calls.Where(call => call.Body is not null).Select(call => new TestCaseData(call).SetArgDisplayNames(call.Operation));

    [Test]
    public async Task Every_operation_of_the_description_is_tried_here()
    {
        var contract = new ApiContract(await Client.GetStringAsync("/openapi/v1.json"));

        Assert.That(Calls.Select(call => call.Operation), Is.EquivalentTo(contract.Operations.Select(operation => operation.ToString())));
    }

    [TestCaseSource(nameof(Operations))]
    public async Task It_succeeds_as_described(SampleCall call)
    {
        using var response = await SendAsync(call, await PathAsync(call), call.Body is null ? null : await FillAsync(call.Body));

        Assert.That((int)response.StatusCode, call.Status is { } status ? Is.EqualTo(status) : Is.InRange(200, 299));
    }

    [TestCaseSource(nameof(OperationsWithId))]
    public async Task An_unknown_id_is_not_found(SampleCall call)
    {
        using var response = await SendAsync(call, call.Path.Replace("{id}", "999999", StringComparison.Ordinal), call.Body is null ? null : await FillAsync(call.Body));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        if (call.Method != HttpMethod.Head)
        {
            await AssertProblemAsync(response, HttpStatusCode.NotFound, "id");
        }
    }

    [TestCaseSource(nameof(OperationsWithBody))]
    public async Task What_cannot_be_read_is_refused(SampleCall call)
    {
        var path = await PathAsync(call);
        foreach (var (body, type, status) in new[]
        {
            ("{", "application/json", HttpStatusCode.BadRequest),
            ("[1]", "application/json", HttpStatusCode.BadRequest),
            ("""{"no such field":1}""", "application/json", HttpStatusCode.BadRequest),
            ("""{"a":"\u0000"}""", "application/json", HttpStatusCode.BadRequest),
            ("""{"a":"\ud800"}""", "application/json", HttpStatusCode.BadRequest),
            (await FillAsync(call.Body!), "text/plain", HttpStatusCode.UnsupportedMediaType),
        })
        {
            using var response = await SendAsync(call, path, body, type);
            await AssertProblemAsync(response, status, field: null);
        }
    }

    [TestCaseSource(nameof(Operations))]
    public async Task What_is_too_much_is_refused(SampleCall call)
    {
        if (call.Path.StartsWith("/api", StringComparison.Ordinal) && call.Method != HttpMethod.Head)
        {
            var path = await PathAsync(call);
            using var unknown = await SendAsync(call, $"{path}?colour=red", call.Body is null ? null : await FillAsync(call.Body));
            await AssertProblemAsync(unknown, HttpStatusCode.BadRequest, "colour");
            using var long_ = await SendAsync(call, path, new string(' ', 1_100_000));
            await AssertProblemAsync(long_, HttpStatusCode.RequestEntityTooLarge, "body");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(SampleCall call, string path, string? body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(call.Method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, type) };

        // Not to the end, which a stream of events doesn't have.
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<string> PathAsync(SampleCall call) => call.Id is null ? call.Path : call.Path.Replace("{id}", $"{await MakeAsync(call.Id)}", StringComparison.Ordinal);

    private async Task<string> FillAsync(string body)
    {
        foreach (var thing in new[] { "channel", "video", "job", "failed" }.Where(thing => body.Contains($"{{{thing}}}", StringComparison.Ordinal)))
        {
            body = body.Replace($"{{{thing}}}", $"{await MakeAsync(thing)}", StringComparison.Ordinal);
        }

        return body.Replace("{name}", NewName().Replace(' ', '-'), StringComparison.Ordinal)
            .Replace("{folder}", body.Contains("{folder}", StringComparison.Ordinal) ? Folder.NewFolder(NewName()) : null, StringComparison.Ordinal);
    }

    /// <returns>The id of a new one.</returns>
    private async Task<long> MakeAsync(string thing) => thing switch
    {
        "channel" => Id(await NewChannelAsync()),
        "video" => Id(await NewVideoAsync()),
        "stored" => await NewStoredVideoAsync(),
        "job" => Id(await NewJobAsync()),
        "failed" => Id(await NewFailedJobAsync()),
        "none" => 999_998,
        "workflow" => Id(await NewJobAsync(new { githubWorkflowRunId = 7 })),
        _ => throw new ArgumentOutOfRangeException(nameof(thing), thing, message: null),
    };

    private async Task<long> NewStoredVideoAsync()
    {
        var channel = await NewChannelAsync();
        var folder = Text(channel.GetProperty("source"), "url")!;
        File.Copy(Stages.TestMedia.Sample("Effet_force_magnetique.ogv"), Path.Combine(folder, "video.ogv"));
        var video = Id(await PostAsync("/api/videos", new { url = Path.Combine(folder, "video.ogv"), channelId = Id(channel), priority = 10 }, HttpStatusCode.Created));
        await PostAsync("/api/queue/process-next", new { jobType = "download" });
        return video;
    }

    /// <summary>A request that succeeds.</summary>
    /// <param name="Id">Of what, if there is an id in the path.</param>
    /// <param name="Body">With names of things in braces where their ids are wanted.</param>
    /// <param name="Status">Of the answer; null when it depends on what the other tests have left.</param>
    public sealed record SampleCall(string Operation, string? Id = null, string? Body = null, int? Status = 200)
    {
        public HttpMethod Method => new(Operation.Split(' ')[0]);

        public string Path => Operation.Split(' ')[1].Replace("{kind}", "source", StringComparison.Ordinal);
    }
}
