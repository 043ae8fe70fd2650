using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Catalog;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/videos</c></summary>
internal static class VideosApi
{
    public static void MapVideos(this IEndpointRouteBuilder api)
    {
        var videos = api.MapGroup("/videos").WithTags("Videos");
        videos.MapPost("/", AddAsync).ProducesBodyProblems().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Add a video and enqueue its download")
            .WithDescription("The same url in the same channel answers with the video that is there.");
        videos.MapGet("/", ListAsync).WithSummary("List videos with their stages, newest first");
        videos.MapGet("/{id:long}", GetAsync).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A video with its stages, artifacts and publications");
    }

    private static async Task<Results<Created<VideoResponse>, Ok<VideoResponse>>> AddAsync(
        VideoRequest request, VideoCatalog catalog, CancellationToken cancellationToken)
    {
        var (video, created) = await catalog.AddAsync(request, cancellationToken);
        var response = VideoResponse.Of(await catalog.GetAsync(video.Id, cancellationToken));
        return created ? TypedResults.Created($"/api/videos/{video.Id}", response) : TypedResults.Ok(response);
    }

    private static async Task<Ok<ListResponse<VideoResponse>>> ListAsync(
        long? channelId, int? limit, string? cursor, VideoCatalog catalog, CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        return TypedResults.Ok(page.Answer(
            await catalog.ListAsync(channelId, page.Fetched, page.BeforeId, cancellationToken), details => details.Video.Id, VideoResponse.Of));
    }

    private static async Task<Ok<VideoResponse>> GetAsync(long id, VideoCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(VideoResponse.Of(await catalog.GetAsync(id, cancellationToken)));
}

/// <summary>A video as the API shows it.</summary>
/// <param name="Stages">The latest job of each type, in the order of the stages.</param>
internal sealed record VideoResponse(
    long Id,
    long ChannelId,
    string Url,
    string Title,
    DateTimeOffset? PublishedAt,
    double? DurationSeconds,
    IReadOnlyList<JobResponse> Stages,
    IReadOnlyList<ArtifactResponse> Artifacts,
    IReadOnlyList<PublicationResponse> Publications,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static VideoResponse Of(VideoDetails details) => new(
        details.Video.Id,
        details.Video.ChannelId,
        details.Video.Url,
        details.Video.Title,
        details.Video.PublishedAt,
        details.Video.DurationSeconds,
        [.. details.Stages.Select(JobResponse.Of)],
        [.. details.Artifacts.Select(a => new ArtifactResponse(a.Kind, a.Key, a.SizeBytes, a.Sha256, a.CreatedAt))],
        [.. details.Publications.Select(p => new PublicationResponse(p.TargetKind, p.Location, p.Sha256, p.PublishedAt))],
        details.Video.CreatedAt,
        details.Video.UpdatedAt);
}

/// <param name="Key">Its name in the store.</param>
internal sealed record ArtifactResponse(ArtifactKind Kind, string Key, long SizeBytes, string Sha256, DateTimeOffset CreatedAt);

internal sealed record PublicationResponse(TargetKind TargetKind, string Location, string Sha256, DateTimeOffset PublishedAt);
