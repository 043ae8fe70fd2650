using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VideoPipeline.IntegrationTests.Api;

/// <summary>Requests by chance: a described one with its example, and then mostly something that is wrong with it.</summary>
/// <param name="ids">Of rows that there are.</param>
/// <param name="folder">That sources of channels may be in.</param>
internal sealed class FuzzedRequests(Random random, ApiContract contract, IEnumerable<long> ids, string folder)
{
    private static readonly string[] Texts =
    [
        "", " ", "null", "0", "-1", "true", "transform", "queued", "failed", "Ünïcödé 日本語 🎬", "\u202Eright to left", "a\u0301", "'; DROP TABLE channels; --", "%27%00", "../../etc/passwd",
        "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "http://[::1]/", "javascript:alert(1)", "\n\r\t", "\u0000", "\u0007", "\uFEFF", "{0}", "${7*7}", "*", "%", "_", "(", "[",
        "2026-01-31T12:00:00Z", "9999-12-31T23:59:59.9999999+14:00", "0001-01-01T00:00:00Z", "2026-13-45", "* * * * *", "*/0 * * * *", "(a+)+$", "https://videos.example/a.mp4", "YmVmb3JlOjU",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "2", "5", "10", "11", "100", "501", "1001", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e400", "-0", "0.1", "1.0", "1E2",
        "123456789012345678901234567890", "1e-400",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X"];

    private static readonly string[] ContentTypes =
    [
        "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=nonsense",
        "application/merge-patch+json", "APPLICATION/JSON", "application/json;;", "nonsense",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Origin", "http://evil.example"), ("Origin", "null"), ("Accept", "text/html"), ("Accept", "nonsense;;q=x"), ("Accept-Encoding", "x"), ("Range", "bytes=5-1"), ("Range", "bytes=0-"),
        ("If-None-Match", "*"), ("If-Match", "\"x\""), ("If-Modified-Since", "yesterday"), ("X-HTTP-Method-Override", "DELETE"), ("Idempotency-Key", ""), ("Idempotency-Key", "a key"),
        ("Idempotency-Key", new string('k', 300)), ("Idempotency-Key", "schl\u00FCssel"), ("Cookie", "videopipeline=x"), ("Content-Language", "x"), ("Host", "evil.example"), ("Content-Encoding", "gzip"),
    ];

    /// <summary>Mostly those that change something; and rarely those that run jobs, which takes long.</summary>
    private readonly ApiOperation[] _operations =
        [.. contract.Operations.Where(IsWanted).SelectMany(operation => Enumerable.Repeat(operation, operation.Reads ? 1 : 3))];

    private readonly List<long> _ids = [.. ids];

    private int _names;

    /// <summary>There is another row with this id.</summary>
    public void Learn(long id) => _ids.Add(id);

    /// <param name="shown">For whoever looks at a failure.</param>
    public HttpRequestMessage Next(out string shown)
    {
        var operation = Any(_operations);
        var method = Chance(3) ? Any(Methods) : operation.Method;
        var url = PathOf(operation) + QueryOf(operation);
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url, UriKind.Relative));
        var body = operation.Example is { } example ? BodyOf(operation, example) : Chance(5) ? Encoding.UTF8.GetBytes(Junk()) : null;
        if (body is not null && method is not ("TRACE" or "HEAD"))
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Chance(4) ? Any(ContentTypes) : "application/json");
            if (Chance(1))
            {
                request.Content.Headers.ContentType = null;
            }

            request.Headers.TransferEncodingChunked = Chance(5);
        }

        var header = Chance(8) ? Any(Headers) : default;
        if (header.Name is not null && !request.Headers.TryAddWithoutValidation(header.Name, header.Value))
        {
            request.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        shown = $"{method} {url} {header} {request.Content?.Headers.ContentType} {(body is null ? null : Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 1_000))))}";
        return request;
    }

    private static bool IsWanted(ApiOperation operation) =>
        !operation.Template.StartsWith("/health", StringComparison.Ordinal)

        // Runs every job that waits when its body is as it should be.
        && operation.Template is not ("/api/queue/process-batch" or "/api/events" or "/metrics");

    private string PathOf(ApiOperation operation) => operation.Template
        .Replace("{id}", Chance(operation.Method == "DELETE" ? 20 : 75) ? $"{Any(_ids)}" : Chance(50) ? Any(Numbers) : Uri.EscapeDataString(Any(Texts).Replace('\0', 'x')), StringComparison.Ordinal)
        .Replace("{kind}", Chance(50) ? "source" : Uri.EscapeDataString(Any(Texts).Replace('\0', 'x')), StringComparison.Ordinal);

    private string QueryOf(ApiOperation operation)
    {
        var known = operation.Description.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!).ToList()
            : [];
        var query = new List<string>();
        if (known.Contains("limit"))
        {
            query.Add($"limit={(Chance(80) ? $"{random.Next(1, 5)}" : Any(Numbers))}");
        }

        for (var n = known.Count == 0 ? 0 : random.Next(3); n > 0; n--)
        {
            query.Add($"{Any(known)}={Uri.EscapeDataString(Chance(50) ? Any(Texts) : Chance(50) ? $"{Any(_ids)}" : Any(Numbers))}");
        }

        if (Chance(3))
        {
            query.Add($"{Uri.EscapeDataString(Any(Texts))}={Uri.EscapeDataString(Any(Texts))}");
        }

        return query.Count == 0 ? "" : $"?{string.Join('&', query)}";
    }

    private byte[] BodyOf(ApiOperation operation, JsonElement example)
    {
        var body = JsonNode.Parse(example.GetRawText())!.AsObject();
        Ground(operation, body);
        for (var n = Chance(20) ? 0 : random.Next(1, 3); n > 0; n--)
        {
            Break(body);
        }

        var text = body.ToJsonString();
        return Chance(90) ? Encoding.UTF8.GetBytes(text) : Garble(text);
    }

    /// <summary>Examples name rows and folders that there aren't.</summary>
    private void Ground(ApiOperation operation, JsonObject body)
    {
        foreach (var name in body.Select(field => field.Key).Where(name => name is "videoId" or "channelId").ToList())
        {
            body[name] = Any(_ids);
        }

        if (body["ids"] is not null)
        {
            body["ids"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Any(_ids))]);
        }

        if (body["filter"] is JsonObject filter)
        {
            // Not too many at once: what all matches would soon all be cancelled.
            filter["videoId"] = Any(_ids);
        }

        if (operation.Template == "/api/channels")
        {
            body["name"] = $"fuzzed {++_names}";
            body["source"] = new JsonObject { ["kind"] = "folder", ["url"] = folder };
        }
        else if (body["url"] is not null)
        {
            body["url"] = $"https://videos.example/{++_names}.mp4";
        }

        if (body["until"] is not null)
        {
            body["until"] = "2999-01-01T00:00:00Z";
        }

        if (body["jobType"] is not null)
        {
            body["jobType"] = Any("scrape", "download", "transform", "publish");
        }

        if (body["githubWorkflowRunId"] is null && operation.Template == "/api/jobs" && Chance(30))
        {
            body["githubWorkflowRunId"] = random.Next(1, 100);
        }
    }

    private void Break(JsonObject body)
    {
        var names = body.Select(field => field.Key).ToList();
        if (names.Count == 0 || Chance(10))
        {
            body[Any(Texts)] = Value(depth: 0);
            return;
        }

        var name = Any(names);
        if (body[name] is JsonObject inner && Chance(60))
        {
            Break(inner);
        }
        else if (Chance(10))
        {
            body.Remove(name);
        }
        else
        {
            body[name] = Value(depth: 0);
        }
    }

    private JsonNode? Value(int depth) => random.Next(depth > 3 ? 5 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => JsonNode.Parse(Any(Numbers)),
        3 => Any(Texts),
        4 => new string(Any('x', '\u0000', '日', '/'), random.Next(1, 3_000)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1))]),
        6 => new JsonObject { [Any(Texts)] = Value(depth + 1) },
        _ => JsonNode.Parse(string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60))),
    };

    /// <summary>What isn't JSON, or hardly.</summary>
    private byte[] Garble(string text) => random.Next(9) switch
    {
        0 => Encoding.UTF8.GetBytes(text[..random.Next(text.Length)]),
        1 => Encoding.UTF8.GetBytes(text + text),
        2 => Encoding.UTF8.GetBytes(text.Replace("\":", "\":01", StringComparison.Ordinal)),
        3 => [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)],
        4 => Encoding.Unicode.GetBytes(text),
        5 => Encoding.UTF8.GetBytes(text.Replace("}", ",}", StringComparison.Ordinal)),
        6 => Encoding.UTF8.GetBytes(text.Replace(":\"", ":\"\\ud800", StringComparison.Ordinal)),
        7 => Encoding.UTF8.GetBytes("{" + string.Concat(text[1..^1], ",", text[1..])),
        _ => Encoding.UTF8.GetBytes(Junk()),
    };

    private string Junk() => random.Next(5) switch
    {
        0 => "",
        1 => new string('[', 100_000),
        2 => new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0xD7FF))]),
        3 => Any("null", "true", "5", "\"text\"", "[]", "{}", "NaN", "{'a':1}", "// {}"),
        _ => "{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 201),
    };

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Any<T>(params IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
