using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;
using VideoPipeline.Database;
using VideoPipeline.Nodes;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;
using VideoPipeline.Stages.Transform;
using VideoPipeline.Stages.YtDlp;

namespace VideoPipeline.Server.Api;

/// <summary><c>/health</c></summary>
internal static class HealthApi
{
    // Below this not even a short video can be worked on.
    private const long MinFreeBytes = 256L * 1024 * 1024;

    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", (ThisNode node) => TypedResults.Ok(new LiveResponse("live", node.Name, node.Role))).AllowAnonymous().WithSummary("The process answers");
        health.MapGet("/ready", ReadyAsync).Produces<ReadyResponse>().Produces<ReadyResponse>(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithSummary("The service can do its work")
            .WithDescription("Each thing that it needs, and whether it is there; 503 when one is missing.");
    }

    private static async Task<JsonHttpResult<ReadyResponse>> ReadyAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var answer = await CheckAsync(services, cancellationToken);
        return TypedResults.Json(answer, statusCode: answer.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Looks at each thing that this node needs for its work.</summary>
    internal static async Task<ReadyResponse> CheckAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var node = services.GetRequiredService<ThisNode>();
        var time = services.GetRequiredService<TimeProvider>();
        var programs = services.GetRequiredService<InstalledPrograms>();
        var options = services.GetRequiredService<IOptions<FfmpegOptions>>();
        var database = CheckDatabaseAsync(services.GetRequiredService<IDbContextFactory<PipelineDbContext>>(), time, cancellationToken);
        var artifacts = CheckStoreAsync(services.GetRequiredService<IArtifactStore>(), time, cancellationToken);

        // What the stages need is no matter to a node that only answers requests.
        string[] names = node.RunsJobs ? ["ffmpeg", "ffprobe"] : [];
        var versions = await Task.WhenAll(names.Select(name => CheckProgramAsync(programs, options.Value.PathOf(name), cancellationToken)));
        var downloader = node.RunsJobs ? CheckYtDlpAsync(services.GetRequiredService<YtDlpVersion>(), cancellationToken) : null;
        var checks = new Dictionary<string, HealthCheck>(StringComparer.Ordinal) { ["database"] = await database, ["artifacts"] = await artifacts };
        foreach (var (name, check) in names.Zip(versions))
        {
            checks[name] = check;
        }

        if (downloader is not null)
        {
            checks["ytDlp"] = await downloader;
        }

        if (node.RunsJobs)
        {
            checks["encoders"] = await CheckEncodersAsync(services.GetRequiredService<HardwareEncoders>(), cancellationToken);
        }

        checks["disk"] = CheckDisk(services.GetRequiredService<PipelineFolders>());
        return new ReadyResponse(checks.Values.All(check => check.Ok) ? "ready" : "notReady", node.Name, node.Role, checks);
    }

    private static async Task<HealthCheck> CheckDatabaseAsync(
        IDbContextFactory<PipelineDbContext> contexts, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = new CancellationTokenSource(DatabaseTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await using var db = await contexts.CreateDbContextAsync(either.Token);
            await db.Pauses.AnyAsync(either.Token);
            return new(Ok: true, "It answers.");
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(Ok: false, $"It doesn't answer: {exception.Message}");
        }
    }

    internal static async Task<HealthCheck> CheckStoreAsync(IArtifactStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = new CancellationTokenSource(StoreTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            return new(Ok: true, await store.CheckAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Ok: false, $"It didn't answer within {StoreTimeout.TotalSeconds} s.");
        }
        catch (Exception exception) when (exception is StageException or IOException or UnauthorizedAccessException)
        {
            return new(Ok: false, exception.Message);
        }
    }

    internal static async Task<HealthCheck> CheckProgramAsync(InstalledPrograms programs, string name, CancellationToken cancellationToken) =>
        await programs.FindVersionAsync(name, cancellationToken) is { } version
            ? new(Ok: true, version)
            : new(Ok: false, $"{name} is not found, or doesn't run.");

    /// <summary>Never wrong: folders, feeds and plain files do without it. But an old one is worth knowing of.</summary>
    internal static async Task<HealthCheck> CheckYtDlpAsync(YtDlpVersion ytDlp, CancellationToken cancellationToken) =>
        await ytDlp.FindAsync(cancellationToken) is { } installed
            ? new(Ok: true, installed.AgeDays is { } age ? $"{installed.Version}, {age} days old" : installed.Version, installed.Warning)
            : new(Ok: true, "It is not found, or doesn't run.", "Sources of kind ytdlp and videos on YouTube need yt-dlp.");

    /// <summary>Never wrong, since software always does it; but who asked for a device wants to know when it isn't used.</summary>
    internal static async Task<HealthCheck> CheckEncodersAsync(HardwareEncoders encoders, CancellationToken cancellationToken)
    {
        var (detail, warning) = await encoders.DescribeAsync(cancellationToken);
        return new(Ok: true, detail, warning);
    }

    internal static HealthCheck CheckDisk(PipelineFolders folders)
    {
        try
        {
            var free = new DriveInfo(folders.Data).AvailableFreeSpace;
            return new(free >= MinFreeBytes, $"{free / (1024 * 1024)} MiB are free in {folders.Data}; at least {MinFreeBytes / (1024 * 1024)} are needed.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(Ok: false, exception.Message);
        }
    }
}

internal sealed record LiveResponse(string Status, string Node, NodeRole Role);

/// <param name="Status">ready or notReady.</param>
internal sealed record ReadyResponse(string Status, string Node, NodeRole Role, IReadOnlyDictionary<string, HealthCheck> Checks)
{
    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <param name="Warning">Null when there is nothing to warn of.</param>
internal sealed record HealthCheck(bool Ok, string Detail, string? Warning = null);
