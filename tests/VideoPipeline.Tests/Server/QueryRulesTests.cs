using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Tests.Server;

public sealed class QueryRulesTests
{
    [TestCase("?limit=5&cursor=x", null)]
    [TestCase("?LIMIT=5", null)]
    [TestCase("?limt=5", "limt")]
    [TestCase("?id=5", "id", Description = "it is in the path")]
    [TestCase("?idempotencyKey=x", "idempotencyKey", Description = "it is a header")]
    [TestCase("?Idempotency-Key=x", "Idempotency-Key")]
    public void What_an_endpoint_does_not_take_from_the_query_is_refused(string query, string? refused)
    {
        var endpoint = new RouteEndpoint(
            _ => Task.CompletedTask,
            RoutePatternFactory.Parse("/api/things/{id:long}"),
            order: 0,
            new EndpointMetadataCollection(typeof(QueryRulesTests).GetMethod(nameof(Handle), BindingFlags.Static | BindingFlags.NonPublic)!),
            displayName: null);
        var context = new DefaultHttpContext { Request = { Path = "/api/things/1", QueryString = new QueryString(query) } };
        context.SetEndpoint(endpoint);

        Assert.That(
            () => QueryRules.InvokeAsync(context, _ => Task.CompletedTask),
            refused is null ? Throws.Nothing : Throws.TypeOf<InvalidRequestException>().With.Property("Errors").ContainKey(refused));
    }

    private static void Handle(long id, int? limit, string? cursor, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey) =>
        Assert.Fail($"Nobody calls it: {id} {limit} {cursor} {idempotencyKey}");
}
