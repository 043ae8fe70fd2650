using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using VideoPipeline.Dispatch;
using VideoPipeline.Events;
using VideoPipeline.Jobs;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/events</c></summary>
internal static class EventsApi
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", Listen).WithTags("Events")
            .Produces<JobEventResponse>(contentType: EventStream.ContentType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("What changes, as server-sent events")
            .WithDescription(
                "Events job (its data is described here), queue (what is paused) and reset (read again what you show). "
                + "The header Last-Event-ID, or lastEventId, goes on from an earlier event.");

    private static IResult Listen(
        JobType? jobType,
        long? videoId,
        long? channelId,
        string? lastEventId,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventIdHeader,
        ChangeFeed feed,
        IBackgroundJobs backgroundJobs)
    {
        // A browser that connects again sends the header, whatever the URL still says.
        var cursor = string.IsNullOrEmpty(lastEventIdHeader) ? lastEventId : lastEventIdHeader;
        var listener = feed.Listen(new ChangeFilter(jobType, videoId, channelId), string.IsNullOrEmpty(cursor) ? null : cursor);
        return listener is null
            ? Problems.Of(StatusCodes.Status503ServiceUnavailable, $"{ChangeFeed.MostListeners} clients listen to this node already.")
            : new EventStream(listener, backgroundJobs);
    }
}

/// <summary>A job as the API shows it, with the title of its video.</summary>
internal sealed record JobEventResponse : JobResponse
{
    [SetsRequiredMembers]
    public JobEventResponse(JobResponse job, string? videoTitle)
        : base(job) => VideoTitle = videoTitle;

    /// <summary>Null for a scrape.</summary>
    [JsonPropertyOrder(1)]
    public string? VideoTitle { get; }
}

/// <param name="Paused">Whether no job of any type starts.</param>
internal sealed record QueueEventResponse(bool Paused, IReadOnlyDictionary<string, PauseResponse> ByType)
{
    public static QueueEventResponse Of(IReadOnlyList<QueuePause> pauses)
    {
        var byType = JobTypes.All.ToDictionary(jobType => jobType.Name(), jobType => PauseResponse.Of(QueuePause.Of(jobType, pauses)));
        return new(byType.Values.All(type => type.Paused), byType);
    }
}

internal sealed record PauseResponse(bool Paused, string? Reason, string? PausedBy, DateTimeOffset? PausedAt, DateTimeOffset? Until)
{
    public static PauseResponse Of(QueuePause? pause) => new(pause is not null, pause?.Reason, pause?.PausedBy, pause?.PausedAt, pause?.Until);
}

internal sealed record ResetEventResponse(string Reason);
