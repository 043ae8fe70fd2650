using System.Text.Json.Nodes;

namespace VideoPipeline.IntegrationTests.Stages.YouTube;

/// <summary>A video that the server has.</summary>
internal sealed class YouTubeVideo(string id, JsonObject snippet, JsonObject status, string sha256)
{
    public string Id => id;

    public JsonObject Snippet => snippet;

    public JsonObject Status { get; set; } = status;

    public string Sha256 => sha256;

    public string UploadStatus { get; set; } = "uploaded";

    /// <summary>With <c>failed</c> or <c>rejected</c>.</summary>
    public string? Reason { get; set; }

    /// <summary>Listings so far that have asked for its processing.</summary>
    public int Polls { get; set; }

    /// <summary>How it could be seen, from its first to its last moment: the privacy, and whether it was processed then.</summary>
    public List<(string Privacy, string UploadStatus)> Visibility { get; } = [((string)status["privacyStatus"]!, "uploaded")];

    public string Privacy => (string)Status["privacyStatus"]!;

    public string? Title => (string?)Snippet["title"];

    public string? Description => (string?)Snippet["description"];

    public IReadOnlyList<string> Tags => Snippet["tags"] is JsonArray tags ? [.. tags.Select(tag => (string)tag!)] : [];

    /// <summary>As <c>image/jpeg</c>; null for none.</summary>
    public byte[]? Thumbnail { get; set; }

    public int ThumbnailsSet { get; set; }

    public string PublishedAt => (string)Snippet["publishedAt"]!;

    public JsonObject ToJson(string part)
    {
        var json = new JsonObject { ["kind"] = "youtube#video", ["id"] = id };
        foreach (var name in part.Split(','))
        {
            switch (name)
            {
                case "snippet":
                    json["snippet"] = Snippet.DeepClone();
                    break;
                case "contentDetails":
                    json["contentDetails"] = new JsonObject { ["duration"] = "PT1M30S" };
                    break;
                case "status":
                    var shown = (JsonObject)Status.DeepClone();
                    shown["uploadStatus"] = UploadStatus;
                    shown[UploadStatus == "rejected" ? "rejectionReason" : "failureReason"] = Reason;
                    json["status"] = shown;
                    break;
                case "processingDetails":
                    json["processingDetails"] = new JsonObject
                    {
                        ["processingStatus"] = UploadStatus switch { "processed" => "succeeded", "failed" => "failed", "rejected" => "terminated", _ => "processing" },
                    };
                    break;
                default:
                    break;
            }
        }

        return json;
    }
}
