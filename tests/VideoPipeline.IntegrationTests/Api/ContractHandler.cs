namespace VideoPipeline.IntegrationTests.Api;

/// <summary>Holds every answer that a test gets against the API's description.</summary>
internal sealed class ContractHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly Lock Gate = new();
    private static ApiContract? _contract;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var contract = await ContractAsync(request.RequestUri!, cancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var isText = mediaType is ApiContract.Json or ApiContract.ProblemJson;
        if (isText)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
        }

        // What is no JSON is not read here: it may be large, or go on for as long as the client listens.
        var body = isText ? await response.Content.ReadAsStringAsync(cancellationToken) : response.Content.Headers.ContentLength == 0 ? null : "(not JSON)";
        var problem = contract.ProblemOf(
            request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, mediaType, mediaType is null ? null : body);
        return problem is null ? response : throw new AssertionException(problem);
    }

    /// <summary>One for all tests: the same program describes itself in the same way every time.</summary>
    private async Task<ApiContract> ContractAsync(Uri server, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (_contract is not null)
            {
                return _contract;
            }
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/openapi/v1.json"));
        using var response = await base.SendAsync(request, cancellationToken);
        var contract = new ApiContract(await response.Content.ReadAsStringAsync(cancellationToken));
        lock (Gate)
        {
            return _contract ??= contract;
        }
    }
}
