using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using VideoPipeline.IntegrationTests.EndToEnd;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>
/// Thousands of requests that nobody would send, by chance that can be repeated: none breaks the service, each gets an answer
/// that is described, and those that are refused change nothing.
/// </summary>
public sealed class FuzzTests : ApiFixture
{
    private const int Requests = 10_000;

    /// <summary>So many tell enough.</summary>
    private const int MostProblems = 8;

    /// <summary>What every accepted write changes. The nodes' rows change by themselves.</summary>
    private const string FingerprintSql = """
        SELECT (SELECT count(*) || ',' || max(id) || ',' || max(updated_at) || ',' || sum(priority) || ',' || sum(attempts) FROM video_processing_jobs)
            || '|' || (SELECT count(*) || ',' || max(updated_at) || ',' || count(deleted_at) FROM channels)
            || '|' || (SELECT count(*) || ',' || max(updated_at) FROM videos)
            || '|' || (SELECT count(*) || ',' || max(id) FROM job_attempts)
            || '|' || (SELECT count(*) || ',' || coalesce(max(paused_at), 0) FROM queue_pauses)
            || '|' || (SELECT count(*) FROM artifacts) || '|' || (SELECT count(*) FROM publications) || '|' || (SELECT count(*) FROM source_states)
        """;

    /// <summary>Nothing happens by itself: what fails stays so for long.</summary>
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(NoWorkers, StringComparer.Ordinal)
    {
        ["VideoPipeline__Retry__BaseDelay"] = "1.00:00:00",
        ["VideoPipeline__Retry__MaxDelay"] = "1.00:00:00",
    };

    [Test]
    public async Task No_request_breaks_the_service_or_changes_what_it_must_not()
    {
        var random = TestSeed.NewRandom();
        var contract = new ApiContract(await Client.GetStringAsync("/openapi/v1.json"));
        var requests = new FuzzedRequests(random, contract, await NewIdsAsync(), Folder.NewFolder("source of all"));
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = Client.BaseAddress };
        await using var database = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(Server.DataDirectory, "pipeline.db"),
            Mode = SqliteOpenMode.ReadOnly,
        }.ToString());
        await database.OpenAsync();

        var (accepted, refused) = (0, 0);
        var watch = Stopwatch.StartNew();
        var (version, rows) = (0L, string.Empty);
        var problems = new List<string>();
        for (var n = 0; n < Requests && problems.Count < MostProblems; n++)
        {
            using var request = requests.Next(out var shown);
            using var response = await client.SendAsync(request);
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            var body = await response.Content.ReadAsStringAsync();
            shown = $"request {n}: {shown}\n{(int)response.StatusCode} {body}";
            var problem = contract.ProblemOf(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, mediaType, body)
                ?? (response.StatusCode is >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented ? "a failure" : null);
            if (problem is not null)
            {
                problems.Add($"{problem}\n{shown}");
            }

            if (response.StatusCode == HttpStatusCode.Created)
            {
                requests.Learn(Id(JsonElement.Parse(body)));
            }

            var mayChange = response.IsSuccessStatusCode && request.Method != HttpMethod.Get && request.Method != HttpMethod.Head;
            (accepted, refused) = mayChange ? (accepted + 1, refused) : (accepted, refused + 1);

            // Another number says that some process has written since; only then there is something to look at.
            if (await ReadAsync<long>(database, "PRAGMA data_version") is var now && now != version)
            {
                var found = await ReadAsync<string>(database, FingerprintSql);
                if (!mayChange && n > 0 && found != rows)
                {
                    problems.Add($"{rows}\n{found}\nafter {shown}");
                }

                (version, rows) = (now, found);
            }
        }

        TestContext.Out.WriteLine($"{accepted} changed something or could have, {refused} did not, in {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.That(problems, Is.Empty, Failures());
        Assert.That(Failures(), Is.Empty);
        Assert.That(accepted, Is.GreaterThan(Requests / 50), "or this tests little");
        Assert.That(refused, Is.GreaterThan(Requests / 2));
    }

    /// <summary>What the service has logged as failed.</summary>
    private string Failures()
    {
        var lines = Server.Output.Split('\n');
        return string.Join('\n', lines.Index().Where(line => line.Item.StartsWith("fail:", StringComparison.Ordinal) || line.Item.StartsWith("crit:", StringComparison.Ordinal)
            || line.Item.Contains("Unhandled", StringComparison.OrdinalIgnoreCase)).SelectMany(line => lines[line.Index..Math.Min(lines.Length, line.Index + 14)]));
    }

    /// <summary>Some of everything, in every state.</summary>
    private async Task<long[]> NewIdsAsync()
    {
        var ids = new List<long>();
        for (var n = 0; n < 3; n++)
        {
            var channel = await NewChannelAsync();
            ids.Add(Id(channel));
            ids.Add(Id(await NewVideoAsync(channel)));
            ids.Add(Id(await NewJobAsync()));
            ids.Add(Id(await NewFailedJobAsync()));
            ids.Add(Id(await NewFailedJobAsync(maxAttempts: 3)));
            ids.Add(Id(await NewJobAsync(new { githubWorkflowRunId = 9 })));
            var cancelled = Id(await NewJobAsync());
            await PostAsync($"/api/jobs/{cancelled}/cancel");
            ids.Add(cancelled);
        }

        return [.. ids.Distinct()];
    }

    private static async Task<T> ReadAsync<T>(SqliteConnection database, string sql)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
