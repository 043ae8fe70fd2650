using Google.Apis.Services;
using Google.Apis.Util;
using Google.Apis.YouTube.v3.Data;

namespace Google.Apis.YouTube.v3;

public class ChannelsResource(IClientService service)
{
    /// <summary>Channels; one of the filters must be set.</summary>
    public virtual ListRequest List(Repeatable<string> part) => new(service, part);

    public class ListRequest : YouTubeBaseServiceRequest<ChannelListResponse>
    {
        public ListRequest(IClientService service, Repeatable<string> part)
            : base(service)
        {
            Part = part;
            InitParameters();
        }

        [RequestParameter("part", RequestParameterType.Query)]
        public virtual Repeatable<string> Part { get; private set; }

        /// <summary>The channel with this handle, with or without its @.</summary>
        [RequestParameter("forHandle", RequestParameterType.Query)]
        public virtual string? ForHandle { get; set; }

        [RequestParameter("id", RequestParameterType.Query)]
        public virtual Repeatable<string>? Id { get; set; }

        /// <summary>The channels of the user who has signed in.</summary>
        [RequestParameter("mine", RequestParameterType.Query)]
        public virtual bool? Mine { get; set; }

        public override string MethodName => "list";

        public override string HttpMethod => "GET";

        public override string RestPath => "youtube/v3/channels";

        protected override void InitParameters()
        {
            base.InitParameters();
            AddQueryParameter("part", required: true);
            AddQueryParameter("forHandle", required: false);
            AddQueryParameter("id", required: false);
            AddQueryParameter("mine", required: false);
        }
    }
}
