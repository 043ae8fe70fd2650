using Google.Apis.Services;
using Google.Apis.Upload;
using Google.Apis.Util;
using Google.Apis.YouTube.v3.Data;

namespace Google.Apis.YouTube.v3;

public class ThumbnailsResource(IClientService service)
{
    /// <summary>Gives a video a picture of one's own: JPEG or PNG, at most 2 MB.</summary>
    /// <param name="stream">Must stay open until the upload has ended, and is left open by it.</param>
    public virtual SetMediaUpload Set(string videoId, Stream stream, string contentType) => new(service, videoId, stream, contentType);

    public class SetMediaUpload : ResumableUpload<string, ThumbnailSetResponse>
    {
        public SetMediaUpload(IClientService service, string videoId, Stream stream, string contentType)
            : base(service, $"/upload/{service.BasePath}youtube/v3/thumbnails/set", "POST", stream, contentType) => VideoId = videoId;

        [RequestParameter("videoId", RequestParameterType.Query)]
        public virtual string VideoId { get; private set; }
    }
}
