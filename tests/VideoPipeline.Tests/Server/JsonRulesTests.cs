using System.Globalization;
using System.Text.Json;
using VideoPipeline.Server.Requests;

namespace VideoPipeline.Tests.Server;

/// <summary>How bodies are read, patched and complained about.</summary>
public sealed class JsonRulesTests
{
    private static readonly JsonSerializerOptions Options = NewOptions();

    [TestCase("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [TestCase("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z")]
    [TestCase("2026-01-31T12:00:00", "2026-01-31T12:00:00Z")]
    [TestCase("2026-01-31T12:00:00.1234567Z", "2026-01-31T12:00:00.123456Z")]
    public void Times_are_written_in_utc(string given, string written) =>
        Assert.That(JsonSerializer.Serialize(JsonSerializer.Deserialize<DateTimeOffset>($"\"{given}\"", Options), Options), Is.EqualTo($"\"{written}\""));

    [TestCase("""{"count":1,"inner":{"flag":true},"text":null}""", 1, true, null)]
    [TestCase("{}", 5, false, "old")]
    [TestCase("""{"inner":{"flag":true}}""", 5, true, "old")]
    [TestCase("""{"inner":null}""", 5, null, "old")]
    public void A_patch_merges(string patch, int count, bool? flag, string? text)
    {
        var patched = MergePatch.Apply(new Outer { Count = 5, Inner = new Inner { Flag = false }, Text = "old" }, JsonElement.Parse(patch), Options);

        Assert.That((patched.Count, patched.Inner?.Flag, patched.Text), Is.EqualTo((count, flag, text)));
    }

    [TestCase("""{"count":"1"}""", "count", "must be a whole number")]
    [TestCase("""{"inner":{"flag":0}}""", "inner.flag", "must be true or false")]
    [TestCase("""{"inner":{"colour":0}}""", "inner.colour", "is unknown")]
    [TestCase("""{"inner":[]}""", "inner", "must be an object")]
    [TestCase("""{"text":1}""", "text", "must be a text")]
    [TestCase("""{"at":"now"}""", "at", "must be a time such as 2026-01-31T12:00:00Z")]
    [TestCase("""{"at":null,"at":null}""", "at", "must be given once")]
    [TestCase("""{"count":1""", "body", "is not valid JSON, line 1")]
    [TestCase("[]", "body", "must be an object")]
    public void A_complaint_names_the_field_and_what_it_must_be(string body, string field, string problem)
    {
        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Outer>(body, Options));

        Assert.That(JsonProblem.Of(exception), Is.EqualTo((field, problem)));
    }

    [Test]
    public void Texts_that_nobody_can_read_or_keep_are_refused_wherever_they_stand(
        [Values("\"\\ud800\"", "\"\\u0000\"")] string text, [Values("{0}", "[{0}]", "{{\"a\":{{\"b\":{0}}}}}", "{{{0}:1}}")] string place)
    {
        var json = string.Format(CultureInfo.InvariantCulture, place, text);

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<JsonElement>(json, Options));
    }

    [Test]
    public void Half_a_character_is_no_text() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Outer>("""{"text":"\ud800"}""", Options));

    private static JsonSerializerOptions NewOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return options;
    }

    // With properties, as all requests have them: of a constructor's parameter the serializer doesn't tell the type.
    private sealed record Outer
    {
        public int? Count { get; init; }

        public Inner? Inner { get; init; }

        public string? Text { get; init; }

        public DateTimeOffset? At { get; init; }
    }

    private sealed record Inner
    {
        public bool? Flag { get; init; }
    }
}
