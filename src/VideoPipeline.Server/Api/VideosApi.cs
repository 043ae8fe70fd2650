using Microsoft.AspNetCore.Http.HttpResults;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Dispatch;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary><c>/api/videos</c></summary>
internal static class VideosApi
{
    private const string ArtifactRoute = "/{id:long}/artifacts/{kind}";

    public static void MapVideos(this IEndpointRouteBuilder api)
    {
        var videos = api.MapGroup("/videos").WithTags("Videos");
        videos.MapPost("/", AddAsync).ProducesBodyProblems().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Add a video and enqueue its download")
            .WithDescription("The same url in the same channel answers with the video that is there.");
        videos.MapGet("/", ListAsync).WithSummary("List videos with their stages, newest first");
        videos.MapGet("/{id:long}", GetAsync).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A video with its stages, artifacts and publications");
        videos.MapMethods(ArtifactRoute, [HttpMethods.Get, HttpMethods.Head], GetArtifactAsync)
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream").Produces<Stream>(StatusCodes.Status206PartialContent, "application/octet-stream")
            .Produces(StatusCodes.Status307TemporaryRedirect).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A stored file of a video")
            .WithDescription("kind is source, output, thumbnail or metadata. Ranges are possible. With an S3 store the answer leads to it, by a link that is valid for a while.");
    }

    private static async Task<Results<Created<VideoResponse>, Ok<VideoResponse>>> AddAsync(
        VideoRequest request, VideoCatalog catalog, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var (video, created) = await catalog.AddAsync(request, cancellationToken);
        var response = VideoResponse.Of(await catalog.GetAsync(video.Id, cancellationToken), backgroundJobs);
        return created ? TypedResults.Created($"/api/videos/{video.Id}", response) : TypedResults.Ok(response);
    }

    private static async Task<Ok<ListResponse<VideoResponse>>> ListAsync(
        long? channelId, string? q, int? limit, string? cursor, VideoCatalog catalog, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken)
    {
        var page = Page.Of(limit, cursor);
        var filter = new VideoFilter { ChannelId = channelId, TitleContains = q };
        return TypedResults.Ok(page.Answer(
            await catalog.ListAsync(filter, page.Fetched, page.BeforeId, cancellationToken), details => details.Video.Id, details => VideoResponse.Of(details, backgroundJobs)));
    }

    private static async Task<Ok<VideoResponse>> GetAsync(long id, VideoCatalog catalog, IBackgroundJobs backgroundJobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(VideoResponse.Of(await catalog.GetAsync(id, cancellationToken), backgroundJobs));

    private static async Task<IResult> GetArtifactAsync(
        long id, string kind, HttpContext context, VideoCatalog catalog, IArtifactStore store, CancellationToken cancellationToken)
    {
        var video = await catalog.GetAsync(id, cancellationToken);
        if (!LowerCaseEnum<ArtifactKind>.TryParse(kind, out var wanted))
        {
            return Problems.Of(
                StatusCodes.Status404NotFound, $"There is no artifact of the kind {kind}.", "kind", $"must be one of {LowerCaseEnum<ArtifactKind>.Allowed}");
        }

        var artifact = video.Artifacts.FirstOrDefault(a => a.Kind == wanted);
        var location = artifact is null ? null : await store.LocateAsync(artifact.Key, new HttpMethod(context.Request.Method));
        switch (location)
        {
            case ArtifactLocation.TemporaryLink link:
                // It is valid for a while only, and whoever has it can read the file.
                context.Response.Headers.CacheControl = "no-store";
                return TypedResults.Redirect(link.Uri.AbsoluteUri, preserveMethod: true);
            case ArtifactLocation.LocalFile local when File.Exists(local.Path):
                // What it is was decided by us; a browser must not find something else in it.
                context.Response.Headers.XContentTypeOptions = "nosniff";
                return TypedResults.PhysicalFile(
                    local.Path,
                    ArtifactKey.ContentType(artifact!.Key),
                    entityTag: new($"\"{artifact.Sha256}\""),
                    enableRangeProcessing: true);
            default:
                return Problems.Of(StatusCodes.Status404NotFound, $"Video {id} has no stored {kind}.", "kind", "is not stored");
        }
    }

    /// <summary>Stays the same wherever the files are: it leads to the store's own, which don't last.</summary>
    internal static string ArtifactUrl(long videoId, ArtifactKind kind) => $"/api/videos/{videoId}/artifacts/{LowerCaseEnum<ArtifactKind>.Name(kind)}";
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
    public static VideoResponse Of(VideoDetails details, IBackgroundJobs backgroundJobs) => new(
        details.Video.Id,
        details.Video.ChannelId,
        details.Video.Url,
        details.Video.Title,
        details.Video.PublishedAt,
        details.Video.DurationSeconds,
        [.. details.Stages.Select(job => JobResponse.Of(job, backgroundJobs))],
        [.. details.Artifacts.Select(a => new ArtifactResponse(a.Kind, a.Key, VideosApi.ArtifactUrl(a.VideoId, a.Kind), a.SizeBytes, a.Sha256, a.CreatedAt))],
        [.. details.Publications.Select(p => new PublicationResponse(p.TargetKind, p.Location, p.Sha256, p.PublishedAt))],
        details.Video.CreatedAt,
        details.Video.UpdatedAt);
}

/// <param name="Key">Its name in the store.</param>
/// <param name="Url">Where to get it, on this server.</param>
internal sealed record ArtifactResponse(ArtifactKind Kind, string Key, string Url, long SizeBytes, string Sha256, DateTimeOffset CreatedAt);

internal sealed record PublicationResponse(TargetKind TargetKind, string Location, string Sha256, DateTimeOffset PublishedAt);
