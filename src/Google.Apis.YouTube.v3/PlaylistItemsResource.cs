using Google.Apis.Services;
using Google.Apis.Util;
using Google.Apis.YouTube.v3.Data;

namespace Google.Apis.YouTube.v3;

public class PlaylistItemsResource(IClientService service)
{
    public virtual ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>Adds a video to a playlist; the same one again when it is there already.</summary>
    public virtual InsertRequest Insert(PlaylistItem body, Repeatable<string> part) => new(service, body, part);

    public class ListRequest : YouTubeBaseServiceRequest<PlaylistItemListResponse>
    {
        public ListRequest(IClientService service, Repeatable<string> part)
            : base(service)
        {
            Part = part;
            InitParameters();
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        /// <summary>Items on a page, from 0 to 50; 5 when null.</summary>
        [RequestParameter("maxResults", RequestParameterType.Query)]
        public virtual long? MaxResults { get; set; }

        [RequestParameter("pageToken", RequestParameterType.Query)]
        public virtual string? PageToken { get; set; }

        [RequestParameter("playlistId", RequestParameterType.Query)]
        public virtual string? PlaylistId { get; set; }

        /// <summary>Only the items that are this video.</summary>
        [RequestParameter("videoId", RequestParameterType.Query)]
        public virtual string? VideoId { get; set; }

        public override string MethodName => "list";

        public override string HttpMethod => "GET";

        public override string RestPath => "youtube/v3/playlistItems";

        protected override void InitParameters()
        {
            base.InitParameters();
            AddQueryParameter("part", required: true);
            AddQueryParameter("maxResults", required: false);
            AddQueryParameter("pageToken", required: false);
            AddQueryParameter("playlistId", required: false);
            AddQueryParameter("videoId", required: false);
        }
    }

    public class InsertRequest : YouTubeBaseServiceRequest<PlaylistItem>
    {
        public InsertRequest(IClientService service, PlaylistItem body, Repeatable<string> part)
            : base(service)
        {
            Body = body;
            Part = part;
            InitParameters();
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        private PlaylistItem Body { get; }

        public override string MethodName => "insert";

        public override string HttpMethod => "POST";

        public override string RestPath => "youtube/v3/playlistItems";

        protected override object GetBody() => Body;

        protected override void InitParameters()
        {
            base.InitParameters();
            AddQueryParameter("part", required: true);
        }
    }
}
