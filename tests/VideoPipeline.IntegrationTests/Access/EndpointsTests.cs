using System.Net;
using System.Net.Mime;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using VideoPipeline.Server;

namespace VideoPipeline.IntegrationTests.Access;

/// <summary>Everything that the service answers at, whoever adds to it: nothing is left without a key by mistake.</summary>
public sealed partial class EndpointsTests : AccessFixture
{
    /// <summary>
    /// Open to everybody. The webhook verifies GitHub's signature itself. Files that the sign-in page needs may be open, too.
    /// </summary>
    private static readonly string[] Open = ["GET /health/live", "GET /sign-in", "POST /sign-in", "POST /api/webhooks/github"];

    private static readonly string[] ReadWithoutGet = ["POST /sign-out", "POST /theme"];

    [Test]
    public async Task Without_a_key_nothing_is_answered_but_what_is_meant_to_be_open()
    {
        var endpoints = await EndpointsAsync();
        Assert.That(endpoints, Has.Count.GreaterThan(25), "against a test that has lost its subject");
        Assert.That(endpoints.Where(endpoint => endpoint.Open && !endpoint.File).Select(endpoint => endpoint.ToString()), Is.SubsetOf(Open));

        using var nobody = NewClient();
        using (Assert.EnterMultipleScope())
        {
            foreach (var endpoint in endpoints.Where(endpoint => !endpoint.Open))
            {
                Assert.That(await StatusAsync(nobody, endpoint), Is.EqualTo(HttpStatusCode.Unauthorized), endpoint.ToString());
            }
        }
    }

    [Test]
    public async Task With_a_key_that_may_only_read_nothing_is_changed()
    {
        using var reader = NewClient(Reader);
        using (Assert.EnterMultipleScope())
        {
            foreach (var endpoint in (await EndpointsAsync()).Where(endpoint => !endpoint.Open && endpoint.Method is not ("GET" or "HEAD") && !ReadWithoutGet.Contains(endpoint.ToString())))
            {
                Assert.That(await StatusAsync(reader, endpoint), Is.EqualTo(HttpStatusCode.Forbidden), endpoint.ToString());
            }
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, Endpoint endpoint)
    {
        using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), endpoint.Url);
        if (endpoint.Method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, MediaTypeNames.Application.Json);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    /// <summary>As the program puts them together; nothing is started.</summary>
    private async Task<List<Endpoint>> EndpointsAsync()
    {
        await using var app = ServiceProgram.Build(ServiceProgram.CreateBuilder([$"--VideoPipeline:DataDirectory={Folder.Of("none")}"]));
        return [.. from source in ((IEndpointRouteBuilder)app).DataSources
            from endpoint in source.Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "DELETE"]
            let url = Parameter().Replace($"/{endpoint.RoutePattern.RawText!.TrimStart('/')}", match => match.Value.StartsWith("{*", StringComparison.Ordinal) ? "x" : "1")
            select new Endpoint(method, url, endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null, Path.HasExtension(url))];
    }

    private sealed record Endpoint(string Method, string Url, bool Open, bool File)
    {
        public override string ToString() => $"{Method} {Url}";
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
