using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>The calls that answer at once.</summary>
internal sealed partial class YouTubeServer
{
    private const int PageSize = 50;

    private readonly Dictionary<string, string> _thumbnailSessions = new(StringComparer.Ordinal);

    /// <summary>A video that is there from the beginning.</summary>
    public YouTubeVideo AddVideo(string title, DateTimeOffset publishedAt, params string[] tags)
    {
        var video = new YouTubeVideo(
            NewId("old"),
            new JsonObject { ["title"] = title, ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]), ["publishedAt"] = publishedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") },
            new JsonObject { ["privacyStatus"] = "public" },
            "")
        { UploadStatus = "processed" };
        lock (_gate)
        {
            Videos.Add(video);
        }

        return video;
    }

    private IResult ListChannels(HttpRequest request)
    {
        var query = request.Query;
        var found = query["mine"] == "true" || query["id"] == ChannelId || query["forHandle"].ToString().TrimStart('@') == "talks";
        var channel = new JsonObject
        {
            ["kind"] = "youtube#channel",
            ["id"] = query["mine"] == "true" ? SignedInTo : ChannelId,
            ["snippet"] = new JsonObject { ["title"] = "Talks" },
            ["contentDetails"] = new JsonObject { ["relatedPlaylists"] = new JsonObject { ["uploads"] = UploadsId } },
        };
        return Results.Json(new JsonObject { ["kind"] = "youtube#channelListResponse", ["items"] = found ? new JsonArray(channel) : null });
    }

    private IResult ListPlaylistItems(HttpContext context)
    {
        var query = context.Request.Query;
        var playlist = query["playlistId"].ToString();
        List<YouTubeVideo> items;
        lock (_gate)
        {
            if (playlist == UploadsId)
            {
                items = ListsUploads ? [.. Videos.AsEnumerable().Reverse()] : [];
            }
            else if (Playlists.TryGetValue(playlist, out var ids))
            {
                items = [.. ids.Select(id => Videos.Single(video => video.Id == id))];
            }
            else
            {
                return Error(StatusCodes.Status404NotFound, "playlistNotFound");
            }
        }

        if (query["videoId"].ToString() is { Length: > 0 } videoId)
        {
            items.RemoveAll(video => video.Id != videoId);
        }

        var from = query["pageToken"].ToString() is { Length: > 0 } token ? int.Parse(token) : 0;
        var size = Math.Min(PageSize, int.Parse(query["maxResults"].ToString() is { Length: > 0 } given ? given : "5"));
        var page = new JsonObject
        {
            ["kind"] = "youtube#playlistItemListResponse",
            ["items"] = new JsonArray([.. items.Skip(from).Take(size).Select(video => (JsonNode)new JsonObject
            {
                ["kind"] = "youtube#playlistItem",
                ["id"] = $"{playlist}-{video.Id}",
                ["snippet"] = new JsonObject { ["playlistId"] = playlist, ["title"] = video.Title, ["publishedAt"] = video.PublishedAt },
                ["contentDetails"] = new JsonObject { ["videoId"] = video.Id, ["videoPublishedAt"] = video.PublishedAt },
            })]),
        };
        if (from + size < items.Count)
        {
            page["nextPageToken"] = (from + size).ToString();
        }

        return Results.Json(page);
    }

    private async Task<IResult> InsertPlaylistItemAsync(HttpRequest request)
    {
        var snippet = (await ReadAsync(request))["snippet"]!;
        var playlist = (string)snippet["playlistId"]!;
        lock (_gate)
        {
            if (!Playlists.TryGetValue(playlist, out var ids))
            {
                return Error(StatusCodes.Status404NotFound, "playlistNotFound");
            }

            ids.Add((string)snippet["resourceId"]!["videoId"]!);
            return Results.Json(new JsonObject { ["kind"] = "youtube#playlistItem", ["id"] = NewId("item") });
        }
    }

    private IResult ListVideos(HttpRequest request)
    {
        var part = request.Query["part"].ToString();
        var ids = request.Query["id"].ToString().Split(',');
        if (ids.Length > PageSize)
        {
            return Error(StatusCodes.Status400BadRequest, "invalidFilters");
        }

        lock (_gate)
        {
            var found = Videos.Where(video => ids.Contains(video.Id) && (SignedInTo == ChannelId || video.Privacy != "private")).ToList();
            foreach (var video in found.Where(video => part.Contains("processingDetails", StringComparison.Ordinal) && video.UploadStatus == "uploaded"))
            {
                if (++video.Polls >= ProcessedAfterPolls)
                {
                    video.UploadStatus = "processed";
                }
            }

            return Results.Json(new JsonObject
            {
                ["kind"] = "youtube#videoListResponse",
                ["items"] = new JsonArray([.. found.Select(video => (JsonNode)video.ToJson(part))]),
            });
        }
    }

    private async Task<IResult> UpdateVideoAsync(HttpRequest request)
    {
        var body = await ReadAsync(request);
        var status = (JsonObject)body["status"]!.DeepClone();
        if (status["publishAt"] is not null && ((string)status["privacyStatus"]! != "private" || DateTimeOffset.Parse((string)status["publishAt"]!) < TimeProvider.System.GetUtcNow()))
        {
            return Error(StatusCodes.Status400BadRequest, "invalidPublishAt");
        }

        lock (_gate)
        {
            if (Videos.FirstOrDefault(video => video.Id == (string?)body["id"]) is not { } video)
            {
                return Error(StatusCodes.Status404NotFound, "videoNotFound");
            }

            // What the update leaves out is gone.
            video.Status = status;
            video.Visibility.Add((video.Privacy, video.UploadStatus));
            return Results.Json(video.ToJson("status"));
        }
    }

    private IResult OpenThumbnail(HttpContext context)
    {
        var id = NewId("thumbnail");
        lock (_gate)
        {
            _thumbnailSessions[id] = context.Request.Query["videoId"].ToString();
        }

        context.Response.Headers.Location = $"{Url}upload/youtube/v3/thumbnails/set?upload_id={id}";
        return Results.Ok();
    }

    private async Task<IResult> SetThumbnailAsync(HttpRequest request)
    {
        using var picture = new MemoryStream();
        await request.Body.CopyToAsync(picture);
        lock (_gate)
        {
            var video = Videos.Single(video => video.Id == _thumbnailSessions[request.Query["upload_id"].ToString()]);
            video.Thumbnail = picture.ToArray();
            video.ThumbnailsSet++;
            return Results.Json(new JsonObject { ["kind"] = "youtube#thumbnailSetResponse" });
        }
    }

    private static async Task<JsonObject> ReadAsync(HttpRequest request)
    {
        // Google's client compresses its requests.
        var stream = request.Headers.ContentEncoding == "gzip" ? new System.IO.Compression.GZipStream(request.Body, System.IO.Compression.CompressionMode.Decompress) : request.Body;
        return (JsonObject)(await JsonNode.ParseAsync(stream))!;
    }

    private static ErrorResult Error(int status, string reason) => new ErrorResult(status, reason);

    private sealed class ErrorResult(int status, string reason) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteErrorAsync(httpContext, status, reason);
    }
}
