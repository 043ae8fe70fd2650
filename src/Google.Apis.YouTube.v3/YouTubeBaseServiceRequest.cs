using Google.Apis.Discovery;
using Google.Apis.Requests;
using Google.Apis.Services;

namespace Google.Apis.YouTube.v3;

/// <summary>What all requests have in common.</summary>
public abstract class YouTubeBaseServiceRequest<TResponse> : ClientServiceRequest<TResponse>
{
    protected YouTubeBaseServiceRequest(IClientService service)
        : base(service)
    {
    }

    /// <summary>Which fields the answer has; all when null.</summary>
    [Util.RequestParameter("fields", Util.RequestParameterType.Query)]
    public virtual string? Fields { get; set; }

    protected override void InitParameters()
    {
        base.InitParameters();
        AddQueryParameter("fields", required: false);
    }

    /// <summary>The library sends those properties only that are declared here.</summary>
    private protected void AddQueryParameter(string name, bool required) => RequestParameters.Add(
        name, new Parameter { Name = name, IsRequired = required, ParameterType = "query", DefaultValue = null, Pattern = null });
}
