using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VideoPipeline.IntegrationTests.Access;

/// <summary>Keys from their creation to their end, as their holders and their operator see them.</summary>
public sealed partial class KeysTests : AccessFixture
{
    private const string Html = "text/html,application/xhtml+xml";

    [Test]
    public async Task A_program_without_a_valid_key_gets_a_status_and_is_told_what_is_missing()
    {
        using var client = NewClient("vp_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Html);
        using var response = await client.GetAsync("/api/queue");
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer"));
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("X-Api-Key").And.Contain("keys create"));
        }
    }

    [Test]
    public async Task A_key_is_taken_from_either_header_and_its_name_is_that_of_who_acts()
    {
        using var client = NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/queue/pause") { Content = JsonContent.Create(new { jobType = "publish" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Operator);
        using var response = await client.SendAsync(request);

        var paused = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(paused.GetProperty("byType").GetProperty("publish").GetProperty("pausedBy").GetString(), Is.EqualTo("operator"));
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/queue", Reader), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_revoked_key_is_refused_at_once_and_its_name_is_free_again()
    {
        var key = await NewKeyAsync("rotated", "read");
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/queue", key), Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await KeysAsync("create", "rotated", "--role", "read")).Errors, Does.Contain("There is a valid key with the name 'rotated' already"));

        Assert.That((await KeysAsync("revoke", "rotated")).ExitCode, Is.Zero);
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/queue", key), Is.EqualTo(HttpStatusCode.Unauthorized));

        var next = await NewKeyAsync("rotated", "operate");
        var id = (await ListedAsync("rotated")).GetProperty("id").GetString()!;
        Assert.That(next, Does.StartWith($"vp_{id}_"));
        Assert.That((await KeysAsync("revoke", id)).ExitCode, Is.Zero);
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/queue", next), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await KeysAsync("revoke", "rotated")).Errors, Does.Contain("must be the name or the id of a valid key"));
    }

    [Test]
    public async Task Nothing_that_is_kept_or_listed_or_logged_gives_a_key_away()
    {
        var secret = Operator[20..];
        await StatusAsync(HttpMethod.Get, "/api/queue", Operator);

        Assert.That((await KeysAsync("list")).Output, Does.Contain(Operator[3..19]).And.Not.Contain(secret));
        Assert.That((await KeysAsync("list", "--json")).Output, Does.Not.Contain(secret).And.Not.Contain("hash").IgnoreCase);
        Assert.That(Server.Output, Does.Not.Contain(secret));
        foreach (var file in Directory.GetFiles(Data, "pipeline.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.That(await reader.ReadToEndAsync(), Does.Not.Contain(secret), file);
        }
    }

    [TestCase("create")]
    [TestCase("create", "name")]
    [TestCase("create", "name", "--role", "admin")]
    [TestCase("create", "name", "--rolle=read")]
    [TestCase("revoke")]
    [TestCase("list", "all")]
    [TestCase("lits")]
    public async Task What_the_verb_does_not_know_is_refused_with_what_is_allowed(params string[] arguments)
    {
        var (exitCode, output, errors) = await KeysAsync(arguments);

        Assert.That((exitCode, output), Is.EqualTo((2, "")));
        Assert.That(errors, Does.Contain("keys create NAME --role read|operate"));
    }

    [Test]
    public async Task Wrong_keys_are_counted_by_address_and_hold_up_nobody_with_a_right_one()
    {
        using var client = NewClient();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 11; i++)
        {
            last?.Dispose();
            last = await WithAsync("wrong");
        }

        using (last)
        {
            Assert.That(last!.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
            Assert.That(last.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(TimeSpan.FromMinutes(1)));
        }

        using var right = await WithAsync(Reader);
        Assert.That(right.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(HttpMethod.Get, "/api/queue", "wrong"), Is.EqualTo(HttpStatusCode.Unauthorized), "another address");

        async Task<HttpResponseMessage> WithAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/queue");
            request.Headers.Add("X-Api-Key", key);
            return await client.SendAsync(request);
        }
    }

    [Test]
    public async Task A_browser_signs_in_sees_pages_and_signs_out()
    {
        using var browser = NewClient(accept: Html);
        using (var led = await browser.GetAsync("/hangfire/jobs/failed?from=0"))
        {
            Assert.That((led.StatusCode, led.Headers.Location?.ToString()), Is.EqualTo((HttpStatusCode.Redirect, "/sign-in?returnUrl=%2Fhangfire%2Fjobs%2Ffailed%3Ffrom%3D0")));
        }

        using (var signedIn = await SignInAsync(browser, Operator, "/hangfire/jobs/failed?from=0"))
        {
            Assert.That((signedIn.StatusCode, signedIn.Headers.Location?.ToString()), Is.EqualTo((HttpStatusCode.Redirect, "/hangfire/jobs/failed?from=0")));
            var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("videopipeline=", StringComparison.Ordinal));
            Assert.That(cookie, Does.Contain("httponly").And.Contain("samesite=strict").And.Contain("path=/").And.Not.Contain("secure").And.Not.Contain(Operator[20..]));
        }

        Assert.That(await GetAsync(browser, "/hangfire/jobs/failed"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await GetAsync(browser, "/api/queue"), Is.EqualTo(HttpStatusCode.OK));

        var page = await browser.GetStringAsync("/sign-out");
        Assert.That(page, Does.Contain("operator"));
        using (var signedOut = await browser.PostAsync("/sign-out", Form(page)))
        {
            Assert.That((signedOut.StatusCode, signedOut.Headers.Location?.ToString()), Is.EqualTo((HttpStatusCode.Redirect, "/sign-in")));
        }

        Assert.That(await GetAsync(browser, "/api/queue"), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_form_that_is_not_ours_or_has_a_wrong_key_signs_nobody_in()
    {
        using var browser = NewClient(accept: Html);
        using (var forged = await browser.PostAsync("/sign-in", new FormUrlEncodedContent([KeyValuePair.Create("key", Operator)])))
        {
            Assert.That((forged.StatusCode, HasSession(forged)), Is.EqualTo((HttpStatusCode.BadRequest, false)));
        }

        using (var wrong = await SignInAsync(browser, Operator[..^1] + "!", "//evil.example"))
        {
            var page = await wrong.Content.ReadAsStringAsync();
            Assert.That((wrong.StatusCode, HasSession(wrong)), Is.EqualTo((HttpStatusCode.Unauthorized, false)));
            Assert.That(page, Does.Contain("role=\"alert\"").And.Contain("wrong").And.Not.Contain("evil"));
        }

        static bool HasSession(HttpResponseMessage response) =>
            response.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith("videopipeline=", StringComparison.Ordinal));
    }

    [Test]
    public async Task Who_may_only_read_sees_the_dashboard_without_its_buttons()
    {
        using var browser = NewClient(accept: Html);
        using var signedIn = await SignInAsync(browser, Reader);

        var page = await browser.GetStringAsync("/hangfire/jobs/failed");
        var token = Meta("csrf-token").Match(page).Groups["content"].Value;
        Assert.That(await PostAsync("/hangfire/stats"), Is.EqualTo(HttpStatusCode.OK), "its figures");
        Assert.That(await PostAsync("/hangfire/jobs/failed/requeue"), Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await PostAsync("/api/queue/resume"), Is.EqualTo(HttpStatusCode.Forbidden));

        async Task<HttpStatusCode> PostAsync(string url)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("metrics[]", "failed:count"), KeyValuePair.Create("jobs[]", "1")]),
            };
            request.Headers.Add(Meta("csrf-header").Match(page).Groups["content"].Value, token);
            using var response = await browser.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Test]
    public async Task A_session_outlives_a_restart_and_ends_with_its_key()
    {
        var data = Folder.Of("restarted");
        var (_, key, _) = await KeysAsync("create", "browser", "--role", "read", $"--VideoPipeline:DataDirectory={data}");
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler);
        await using (var first = await ServerProcess.StartAsync(data, Settings))
        {
            using var signedIn = await SignInAsync(browser, key, at: first.HttpClient.BaseAddress);
            Assert.That(await GetAsync(browser, $"{first.HttpClient.BaseAddress}api/queue"), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await first.StopAsync(), Is.Zero);
        }

        // Its last use was written down at the stop, and cookies don't care for ports.
        var listed = JsonElement.Parse((await KeysAsync("list", "--json", $"--VideoPipeline:DataDirectory={data}")).Output)[0];
        Assert.That(listed.GetProperty("lastUsedAt").GetDateTimeOffset(), Is.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(1)));

        await using var second = await ServerProcess.StartAsync(data, Settings);
        Assert.That(await GetAsync(browser, $"{second.HttpClient.BaseAddress}api/queue"), Is.EqualTo(HttpStatusCode.OK));
        await KeysAsync("revoke", "browser", $"--VideoPipeline:DataDirectory={data}");
        Assert.That(await GetAsync(browser, $"{second.HttpClient.BaseAddress}api/queue"), Is.EqualTo(HttpStatusCode.Unauthorized));

        using var nobody = await second.HttpClient.GetAsync("/api/queue");
        Assert.That(nobody.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "without a valid key it is closed, not open");
    }

    [Test]
    public async Task A_stream_of_events_ends_soon_after_its_key_is_revoked()
    {
        using var client = NewClient(await NewKeyAsync("listener", "read"));
        await using var events = await client.GetStreamAsync("/api/events");
        Assert.That(await events.ReadAsync(new byte[4096]), Is.Positive, "it is told what is paused");

        await KeysAsync("revoke", "listener");

        await UntilCutOffAsync(events);
    }

    [Test]
    public Task A_stream_of_events_from_before_the_first_key_ends_soon_after_it() => UntilCutOffAsync(EventsBeforeKeys);

    [TestCase("/api/queue")]
    [TestCase("/hangfire")]
    [TestCase("/sign-in")]
    [TestCase("/nowhere")]
    public async Task Every_answer_tells_browsers_what_not_to_do(string url)
    {
        using var client = NewClient(Reader);
        using var response = await client.GetAsync(url);
        var headers = response.Headers;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "same-origin" }));
            Assert.That(headers.GetValues("Content-Security-Policy").Single(), Does.Contain("frame-ancestors 'none'").And.Not.Contain("script-src").And.Not.Contain("unsafe-eval"));
            Assert.That(headers.Contains("Strict-Transport-Security"), Is.False, "only over TLS");
        }
    }

    [Test]
    public async Task Behind_a_proxy_with_TLS_cookies_are_for_TLS_only_and_browsers_remember_it()
    {
        using var browser = NewClient(accept: Html);
        browser.DefaultRequestHeaders.Host = Host;
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var response = await browser.GetAsync("/sign-in");

        Assert.That(response.Headers.GetValues("Strict-Transport-Security").Single(), Does.StartWith("max-age="));
        Assert.That(response.Headers.GetValues("Set-Cookie").Single(), Does.Contain("secure"));
    }

    [TestCase("192.0.2.7", HttpStatusCode.OK)]
    [TestCase(Host, HttpStatusCode.OK)]
    [TestCase("evil.example", HttpStatusCode.BadRequest)]
    [TestCase("other.videos.example.org", HttpStatusCode.BadRequest)]
    public async Task With_keys_it_may_be_called_by_address_and_by_the_names_that_the_settings_allow(string host, HttpStatusCode status)
    {
        using var client = NewClient(Reader);
        client.DefaultRequestHeaders.Host = host;
        using var response = await client.GetAsync("/api/queue");

        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    private static async Task UntilCutOffAsync(Stream events)
    {
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        try
        {
            while (await events.ReadAsync(buffer, patience.Token) > 0)
            {
                // What happens meanwhile.
            }

            Assert.Fail("It has ended as if there were no more events.");
        }
        catch (IOException)
        {
            // Cut off.
        }
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string key, string returnUrl = "/", Uri? at = null)
    {
        var page = await browser.GetStringAsync($"{at?.GetLeftPart(UriPartial.Authority)}/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");
        return await browser.PostAsync($"{at?.GetLeftPart(UriPartial.Authority)}/sign-in", Form(page, KeyValuePair.Create("key", key)));
    }

    /// <summary>The page's hidden fields, and these.</summary>
    private static FormUrlEncodedContent Form(string page, params IEnumerable<KeyValuePair<string, string>> fields) => new(
        Hidden().Matches(page).Select(match => KeyValuePair.Create(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value))).Concat(fields));

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string url)
    {
        using var response = await client.GetAsync(url);
        return response.StatusCode;
    }

    private static Regex Meta(string name) =>
        new($"<meta name=\"{name}\" content=\"(?<content>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
