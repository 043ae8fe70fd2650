using Google.Apis.Services;
using Google.Apis.Upload;
using Google.Apis.Util;
using Google.Apis.YouTube.v3.Data;

namespace Google.Apis.YouTube.v3;

public class VideosResource(IClientService service)
{
    public virtual ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>Replaces the given parts of a video: what a part leaves out is deleted.</summary>
    public virtual UpdateRequest Update(Video body, Repeatable<string> part) => new(service, body, part);

    /// <summary>Uploads a video.</summary>
    /// <param name="stream">Must stay open until the upload has ended, and is left open by it.</param>
    public virtual InsertMediaUpload Insert(Video body, Repeatable<string> part, Stream stream, string contentType) =>
        new(service, body, part, stream, contentType);

    public class ListRequest : YouTubeBaseServiceRequest<VideoListResponse>
    {
        public ListRequest(IClientService service, Repeatable<string> part)
            : base(service)
        {
            Part = part;
            InitParameters();
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        /// <summary>At most 50. Videos that don't exist are missing in the answer.</summary>
        [RequestParameter("id", RequestParameterType.Query)]
        public virtual Repeatable<string>? Id { get; set; }

        public override string MethodName => "list";

        public override string HttpMethod => "GET";

        public override string RestPath => "youtube/v3/videos";

        protected override void InitParameters()
        {
            base.InitParameters();
            AddQueryParameter("part", required: true);
            AddQueryParameter("id", required: false);
        }
    }

    public class UpdateRequest : YouTubeBaseServiceRequest<Video>
    {
        public UpdateRequest(IClientService service, Video body, Repeatable<string> part)
            : base(service)
        {
            Body = body;
            Part = part;
            InitParameters();
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        private Video Body { get; }

        public override string MethodName => "update";

        public override string HttpMethod => "PUT";

        public override string RestPath => "youtube/v3/videos";

        protected override object GetBody() => Body;

        protected override void InitParameters()
        {
            base.InitParameters();
            AddQueryParameter("part", required: true);
        }
    }

    /// <summary>A resumable upload: https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol</summary>
    public class InsertMediaUpload : ResumableUpload<Video, Video>
    {
        public InsertMediaUpload(IClientService service, Video body, Repeatable<string> part, Stream stream, string contentType)
            : base(service, $"/upload/{service.BasePath}youtube/v3/videos", "POST", stream, contentType)
        {
            Part = part;
            Body = body;
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        /// <summary>Tells the channel's subscribers; true when null.</summary>
        [RequestParameter("notifySubscribers", RequestParameterType.Query)]
        public virtual bool? NotifySubscribers { get; set; }
    }
}
