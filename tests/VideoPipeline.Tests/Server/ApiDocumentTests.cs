using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using VideoPipeline.IntegrationTests.Api;
using VideoPipeline.Server;

namespace VideoPipeline.Tests.Server;

/// <summary>That the API's description is complete. Whether it is true, the integration tests find out.</summary>
public sealed class ApiDocumentTests
{
    private static readonly string[] AlwaysPossible = ["400", "401", "403", "413", "429", "500", "503"];

    private string _folder = null!;
    private ApiContract _contract = null!;

    private IEnumerable<ApiOperation> Operations => _contract.Operations;

    private IEnumerable<JsonProperty> Schemas => _contract.Document.GetProperty("components").GetProperty("schemas").EnumerateObject();

    [OneTimeSetUp]
    public async Task DescribeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("vp-test-").FullName;
        var builder = ServiceProgram.CreateBuilder([$"--VideoPipeline:DataDirectory={_folder}"]);
        await using var app = ServiceProgram.Build(builder);

        // Makes the endpoints known, as starting would.
        app.UseEndpoints(_ => { });
        var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync();
        _contract = new ApiContract(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_operation_has_a_name_of_its_own_a_summary_and_a_tag_with_a_description()
    {
        var tags = _contract.Document.GetProperty("tags").EnumerateArray()
            .Where(tag => tag.TryGetProperty("description", out _)).Select(tag => tag.GetProperty("name").GetString()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Operations.Count(), Is.GreaterThan(30));
            Assert.That(Operations.Where(operation => !operation.Description.TryGetProperty("summary", out _)), Is.Empty);
            Assert.That(Operations.Select(operation => operation.Description.GetProperty("operationId").GetString()), Is.Unique.And.All.Match("^[a-z][A-Za-z]+$"));
            Assert.That(Operations.Where(operation => !tags.Contains(operation.Description.GetProperty("tags")[0].GetString())), Is.Empty);
        }
    }

    [Test]
    public void Every_parameter_is_described()
    {
        var parameters = from operation in Operations
                         where operation.Description.TryGetProperty("parameters", out _)
                         from parameter in operation.Description.GetProperty("parameters").EnumerateArray()
                         where !parameter.TryGetProperty("description", out _)
                         select $"{operation} {parameter.GetProperty("name")}";

        Assert.That(parameters, Is.Empty, "ApiDocument has a table of them");
    }

    [Test]
    public void Every_operation_of_the_api_may_answer_with_the_common_problems()
    {
        var missing = from operation in Operations
                      where operation.Template.StartsWith("/api/", StringComparison.Ordinal)
                      from status in operation.HasId ? [.. AlwaysPossible, "404"] : AlwaysPossible
                      where operation.Response(int.Parse(status)) is null
                      select $"{operation} {status}";

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Every_body_has_an_example_that_is_as_its_schema_says()
    {
        var problems = from body in Bodies()
                       let problem = body.Content.TryGetProperty("example", out var example) ? _contract.ProblemOf(body.Content.GetProperty("schema"), example) : "has no example"
                       where problem is not null
                       select $"{body.Name}: {problem}";

        Assert.That(problems, Is.Empty, "ApiExamples has them by their types");
    }

    [Test]
    public void Nothing_that_is_not_described_is_in_an_answer()
    {
        var open = from schema in Schemas
                   where schema.Value.TryGetProperty("properties", out _)
                       && !(schema.Value.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False)
                   select schema.Name;

        Assert.That(open, Is.Empty);
    }

    [Test]
    public void What_the_code_says_of_a_field_is_there()
    {
        var explanation = _contract.Document.GetProperty("components").GetProperty("schemas").GetProperty(nameof(VideoPipeline.Jobs.JobExplanation));

        Assert.That(explanation.GetProperty("description").GetString(), Is.EqualTo("Why a job doesn't run, and when it might."));
        Assert.That(explanation.GetProperty("properties").GetProperty("rank").GetProperty("description").GetString(), Does.StartWith("How many jobs of its type"));
        Assert.That(explanation.GetProperty("required").EnumerateArray().Select(name => name.GetString()), Does.Contain("expectedStart"));
    }

    [Test]
    public void A_channels_target_is_an_object_or_its_kind()
    {
        var schema = JsonElement.Parse("""{"$ref": "#/components/schemas/ChannelRequest"}""");
        using (Assert.EnterMultipleScope())
        {
            foreach (var target in new[] { "\"folder\"", "\"youtube\"", """{"kind": "folder", "path": "/x"}""", "null" })
            {
                Assert.That(_contract.ProblemOf(schema, JsonElement.Parse($$"""{"target": {{target}}}""")), Is.Null, target);
            }

            foreach (var target in new[] { "\"tape\"", "5", """{"colour": "red"}""" })
            {
                Assert.That(_contract.ProblemOf(schema, JsonElement.Parse($$"""{"target": {{target}}}""")), Is.Not.Null, target);
            }
        }
    }

    [Test]
    public void Keys_are_described() =>
        Assert.That(_contract.Document.GetProperty("components").GetProperty("securitySchemes").GetProperty("apiKey").GetProperty("name").GetString(), Is.EqualTo("X-Api-Key"));

    private IEnumerable<(string Name, JsonElement Content)> Bodies()
    {
        foreach (var operation in Operations)
        {
            if (operation.Description.TryGetProperty("requestBody", out var body))
            {
                yield return ($"{operation} request", body.GetProperty("content").GetProperty(ApiContract.Json));
            }

            foreach (var response in operation.Description.GetProperty("responses").EnumerateObject().Where(response => response.Value.TryGetProperty("content", out _)))
            {
                foreach (var content in response.Value.GetProperty("content").EnumerateObject().Where(content => content.Name is ApiContract.Json or ApiContract.ProblemJson))
                {
                    yield return ($"{operation} {response.Name}", content.Value);
                }
            }
        }
    }
}
