using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Catalog;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;
using VideoPipeline.Notifications;

namespace VideoPipeline.Server.Api;

/// <summary>
/// What requests and answers look like, for the API's description: one of each type, all of the same channel, video and job.
/// A type that is new in the API gets its example here.
/// </summary>
internal static class ApiExamples
{
    private const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly ChannelResponse Channel = new(
        Id: 1,
        Name: "Lectures",
        Source: new ChannelSource { Kind = SourceKind.Folder, Url = "/srv/recordings" },
        ChannelRights.Licensed,
        Attribution: "University of Example",
        Profile: "youtube-1080p",
        Target: new ChannelTarget { Kind = TargetKind.Folder, Path = "/srv/public/lectures" },
        Cron: "*/15 * * * *",
        Filters: new ScrapeFilters { TitleExclude = "test|draft", MinDuration = 60, MaxPerRun = 20 },
        Priority: 6,
        AllowPrivateNetworks: false,
        Pause: null,
        LastScrapedAt: Noon,
        NextScrapeAt: Noon.AddMinutes(15),
        CreatedAt: Noon.AddDays(-30),
        UpdatedAt: Noon.AddDays(-30));

    private static readonly JobResponse Job = new()
    {
        Id = 7,
        VideoId = 3,
        ChannelId = 1,
        JobType = JobType.Transform,
        Status = JobStatus.Processing,
        Priority = 6,
        Attempts = 1,
        MaxAttempts = 3,
        LostAttempts = 0,
        ErrorMessage = null,
        ErrorDetails = null,
        WaitReason = null,
        Progress = 41.5,
        Speed = 2.3,
        EtaSeconds = 78,
        QueuedAt = Noon.AddSeconds(-20),
        StartedAt = Noon,
        CompletedAt = null,
        DurationSeconds = null,
        WaitSeconds = 20,
        GithubWorkflowRunId = null,
        HangfireJobId = "0b6a5f0e-6f0c-4a51-9d4f-2f2b5c9f3a11",
        Worker = "encoder-1/3",
        Parameters = null,
        Result = null,
        CreatedAt = Noon.AddSeconds(-20),
        UpdatedAt = Noon.AddSeconds(30),
    };

    private static readonly JobResponse Queued = Job with
    {
        Status = JobStatus.Queued,
        Attempts = 0,
        Progress = 0,
        Speed = null,
        EtaSeconds = null,
        StartedAt = null,
        WaitSeconds = null,
        HangfireJobId = null,
        Worker = null,
    };

    private static readonly VideoResponse Video = new(
        Id: 3,
        ChannelId: 1,
        Url: "/srv/recordings/A talk.mp4",
        Title: "A talk",
        PublishedAt: Noon.AddDays(-1),
        DurationSeconds: 3_605.2,
        Stages: [Job],
        Artifacts: [new(ArtifactKind.Source, "1/3/source.mp4", "/api/videos/3/artifacts/source", 734_003_200, Sha256, Noon.AddSeconds(-20))],
        Publications: [new(TargetKind.Folder, "/srv/public/lectures/A talk.mp4", Sha256, Noon)],
        CreatedAt: Noon.AddMinutes(-5),
        UpdatedAt: Noon.AddSeconds(-20));

    private static readonly NodeResponse Node = new(
        new Guid("0b6a5f0e-6f0c-4a51-9d4f-2f2b5c9f3a10"),
        Name: "encoder-1",
        NodeStatus.Alive,
        NodeRole.Worker,
        Version: "0.1.0",
        StartedAt: Noon.AddHours(-3),
        LastSeenAt: Noon.AddSeconds(30),
        Workers: Of(type => type == JobType.Transform ? 2 : 0),
        Jobs: [new(7, JobType.Transform, VideoId: 3, ChannelId: 1, Progress: 41.5, Since: Noon)]);

    private static readonly JobStatistics Statistics = new()
    {
        TotalJobs = 120,
        Queued = 4,
        Processing = 1,
        Completed = 108,
        Failed = 6,
        Retrying = 1,
        Cancelled = 0,
        SuccessRate = 94.7,
        AverageProcessingTime = 95.2,
        AverageWaitTime = 12.1,
        P50ProcessingTime = 80.4,
        P95ProcessingTime = 240.9,
        P50WaitTime = 0.3,
        P95WaitTime = 61.7,
        QueueLength = 4,
    };

    private static readonly NotificationResponse Notification = new(
        Id: 4,
        MessageId: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        Webhook: "chat",
        NotificationEvent.Failed,
        NotificationStatus.Pending,
        Attempts: 1,
        CreatedAt: Noon,
        LastAttemptAt: Noon.AddSeconds(1),
        NextAttemptAt: Noon.AddSeconds(6),
        DeliveredAt: null,
        ResponseStatus: 503,
        Error: "It answered 503.",
        Payload: JsonElement.Parse("""{"type": "failed", "timestamp": "2026-01-31T12:00:00+00:00", "data": {"jobId": 7}}"""));

    private static readonly AuditResponse Audit = new(
        Id: 12,
        At: Noon,
        Actor: "anna",
        Action: "job.priority",
        JobCount: 2,
        JobIds: [7, 8],
        ChannelId: 1,
        VideoId: null,
        Details: JsonElement.Parse("""{"priority": 10}"""),
        Address: "192.0.2.7");

    private static readonly JobTypeQueueResponse TypeQueue = new(
        Queued: 2, Processing: 1, Retrying: 0, Workers: 2, Paused: false, Reason: null, PausedBy: null, PausedAt: null, Until: null);

    private static readonly Dictionary<Type, object> Requests = new object[]
    {
        new ChannelRequest
        {
            Name = "Lectures",
            Source = new ChannelSource { Kind = SourceKind.Folder, Url = "/srv/recordings" },
            Rights = ChannelRights.Licensed,
            Attribution = "University of Example",
            Target = new ChannelTarget { Kind = TargetKind.Folder, Path = "/srv/public/lectures" },
            Cron = "*/15 * * * *",
            Filters = new ScrapeFilters { TitleExclude = "test|draft", MinDuration = 60, MaxPerRun = 20 },
            Priority = 6,
        },
        JsonElement.Parse("""{"cron": null, "filters": {"maxDuration": 7200}}"""),
        new VideoRequest { ChannelId = 1, Url = "https://media.example.org/talk.mp4", Title = "A talk", Priority = 8 },
        new JobRequest { JobType = JobType.Publish, VideoId = 3, Priority = 7, MaxAttempts = 5 },
        new JobChangeRequest { Priority = 10 },
        new BulkRequest { Filter = new BulkFilter { ChannelId = 1, ErrorContains = "timed out" } },
        new BulkPriorityRequest { Ids = [7, 8, 9], Priority = 10 },
        new WorkflowStatusRequest { Status = WorkflowStatus.Failed, ErrorMessage = "The runner is lost.", RunId = 9_000_000_001, RunAttempt = 1 },
        new PauseRequest { JobType = JobType.Transform, Reason = "encoding elsewhere", Until = Noon.AddHours(6) },
        new JobTypeRequest { JobType = JobType.Transform },
        new BatchRequest { BatchSize = 10 },
    }.ToDictionary(example => example.GetType());

    private static readonly Dictionary<Type, object> Answers = new object[]
    {
        Channel,
        List(Channel),
        Video,
        List(Video),
        Job,
        List(Job),
        new JobDetailsResponse(
            Job with { Attempts = 2 },
            [
                new JobAttempt
                {
                    Number = 1,
                    Worker = "encoder-1/3",
                    StartedAt = Noon.AddMinutes(-10),
                    EndedAt = Noon.AddMinutes(-9),
                    Outcome = AttemptOutcome.Failed,
                    ErrorMessage = "No space left on device.",
                    ErrorDetails = """{"type":"IOException"}""",
                },
            ]),
        new JobExplanation(7, JobStatus.Queued, Rank: 3, ["3 job(s) go before it; 2 of 2 transform worker(s) are busy."], Noon.AddMinutes(2)),
        new BulkResponse(Matched: 1, Changed: 1, Skipped: 0, DryRun: false, [Queued]),
        new BulkRetryResponse(Retried: 1, Matched: 2, Changed: 1, Skipped: 1, DryRun: false, [Queued]),
        new QueueResponse(Queued: 8, Processing: 4, Retrying: 0, Paused: false, Of(_ => TypeQueue)),
        List(Node),
        Statistics with { ByType = new Dictionary<string, JobStatistics>(StringComparer.Ordinal) { ["transform"] = Statistics } },
        new StatisticsHistory(
            Noon.AddDays(-1),
            Noon,
            HistoryBucket.Day,
            CompleteSince: Noon.AddDays(-1),
            [new(Noon.AddDays(-1), Completed: 108, Failed: 6, SuccessRate: 94.7, Throughput: 4.5, P50ProcessingTime: 80.4, P95ProcessingTime: 240.9, P50WaitTime: 0.3, P95WaitTime: 61.7)]),
        Notification,
        List(Notification),
        new WebhookResponse(Applied: true, "Job 7 is completed."),
        List(Audit),
        new LiveResponse("live", "encoder-1", NodeRole.All),
        new ReadyResponse("ready", "encoder-1", NodeRole.All, new Dictionary<string, HealthCheck>(StringComparer.Ordinal)
        {
            ["database"] = new(Ok: true, "It answers."),
            ["ytDlp"] = new(Ok: true, "2023.03.04, 1064 days old", "Sites change often: a yt-dlp that is older than 60 days may fail."),
        }),
    }.ToDictionary(example => example.GetType());

    /// <returns>Null when there is none.</returns>
    public static JsonNode? OfAnswer(Type? type, JsonSerializerOptions options) =>
        type is not null && Answers.TryGetValue(type, out var example) ? JsonSerializer.SerializeToNode(example, type, options) : null;

    /// <summary>With the fields that it is about: nobody sends the others.</summary>
    /// <returns>Null when there is none.</returns>
    public static JsonNode? OfRequest(Type? type, JsonSerializerOptions options)
    {
        if (type is null || !Requests.TryGetValue(type, out var example))
        {
            return null;
        }

        // A patch says null where it means it.
        var node = JsonSerializer.SerializeToNode(example, type, options)!;
        return type == typeof(JsonElement) ? node : WithoutNulls(node.AsObject());
    }

    public static JsonNode OfProblem(int status, JsonSerializerOptions options) => JsonSerializer.SerializeToNode<ProblemDetails>(
        status switch
        {
            StatusCodes.Status400BadRequest => Problem(status, "priority must be from 0 to 10.", "priority", "must be from 0 to 10"),
            StatusCodes.Status401Unauthorized => Problem(status, "A valid API key is required, in the header X-Api-Key."),
            StatusCodes.Status403Forbidden => Problem(status, "reports may not do this: a key with the role operate is needed."),
            StatusCodes.Status404NotFound => Problem(status, "There is no job 7.", "id", "is unknown"),
            StatusCodes.Status409Conflict => Problem(status, "Job 7 is completed: it has ended and can't be cancelled."),
            StatusCodes.Status413PayloadTooLarge => Problem(status, "The body must have at most 1048576 bytes.", "body", "is too long"),
            StatusCodes.Status415UnsupportedMediaType => Problem(status, "The body must be JSON in UTF-8.", "Content-Type", "must be application/json"),
            StatusCodes.Status500InternalServerError => Problem(status, "Something unexpected went wrong. The service's log has the details."),
            _ => Problem(status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)),
        },
        options)!;

    private static ProblemDetails Problem(int status, string detail, string? field = null, string? problem = null)
    {
        var details = TypedResults.Problem(detail, statusCode: status).ProblemDetails;
        if (field is not null)
        {
            details.Extensions["errors"] = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem!] };
        }

        return details;
    }

    private static JsonObject WithoutNulls(JsonObject fields)
    {
        foreach (var (name, value) in fields.ToList())
        {
            if (value is null)
            {
                fields.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                WithoutNulls(inner);
            }
        }

        return fields;
    }

    private static ListResponse<T> List<T>(T item) => new([item], NextCursor: null);

    private static Dictionary<string, T> Of<T>(Func<JobType, T> value) => JobTypes.All.ToDictionary(type => type.Name(), value);
}
