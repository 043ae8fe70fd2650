using Microsoft.Net.Http.Headers;
using VideoPipeline.Artifacts;
using VideoPipeline.Catalog;
using VideoPipeline.Server.Api;
using VideoPipeline.Stages;
using VideoPipeline.Stages.Media;

namespace VideoPipeline.Server.Pages;

/// <summary><c>/videos/{id}/picture</c>: a video's thumbnail in the size of lists.</summary>
internal static class VideoPicture
{
    /// <param name="sha256">Of the thumbnail: the address changes with it, so that browsers may keep the picture.</param>
    public static string Url(long videoId, string sha256) => $"/videos/{videoId}/picture?v={sha256[..12]}";

    public static void MapVideoPictures(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/videos/{id:long}/picture", GetAsync).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        long id, string? v, HttpContext context, VideoCatalog catalog, SmallPictures pictures, CancellationToken cancellationToken)
    {
        var video = await catalog.GetAsync(id, cancellationToken);
        if (video.Artifacts.FirstOrDefault(artifact => artifact.Kind == ArtifactKind.Thumbnail) is not { } thumbnail)
        {
            return TypedResults.NotFound();
        }

        try
        {
            var picture = await pictures.GetAsync(thumbnail.Key, thumbnail.Sha256, cancellationToken);
            if (v is { Length: > 0 } && thumbnail.Sha256.StartsWith(v, StringComparison.Ordinal))
            {
                context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
            }

            return TypedResults.Bytes(picture, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{thumbnail.Sha256[..12]}-small\""));
        }
        catch (Exception exception) when (exception is StageException or FileNotFoundException)
        {
            // On a node without ffmpeg, for example: the large one will do.
            return TypedResults.Redirect(VideosApi.ArtifactUrl(id, ArtifactKind.Thumbnail));
        }
    }
}
