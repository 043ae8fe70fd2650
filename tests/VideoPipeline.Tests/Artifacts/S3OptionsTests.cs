using Microsoft.Extensions.Options;
using VideoPipeline.Artifacts;

namespace VideoPipeline.Tests.Artifacts;

public sealed class S3OptionsTests
{
    [TestCase("")]
    [TestCase("http://127.0.0.1:9000")]
    [TestCase("https://s3.example.org/")]
    public void Good_settings_pass(string endpoint) => Assert.That(Problems(options => options.Endpoint = endpoint), Is.Empty);

    [TestCase("s3.example.org")]
    [TestCase("ftp://s3.example.org")]
    [TestCase("https://key:very-secret@s3.example.org")]
    [TestCase("https://s3.example.org/bucket?very-secret")]
    public void An_endpoint_is_the_address_of_a_server(string endpoint) =>
        Assert.That(Problems(options => options.Endpoint = endpoint), Is.EqualTo(new[] { "Endpoint" }));

    [TestCase("s3:8333")]
    [TestCase("https://s3.example.org/videos")]
    public void Links_lead_to_the_address_of_a_server(string endpoint) =>
        Assert.That(Problems(options => options.LinkEndpoint = endpoint), Is.EqualTo(new[] { "LinkEndpoint" }));

    [TestCase("", "http://s3:8333/videos/a.mp4")]
    [TestCase("https://videos.example.org", "https://videos.example.org/videos/a.mp4")]
    public async Task A_link_names_the_server_as_others_know_it(string endpoint, string expected)
    {
        using var links = S3Client.CreateForLinks(
            new S3Options { Endpoint = "http://s3:8333", LinkEndpoint = endpoint, Bucket = "videos", AccessKey = "key", SecretKey = "secret" });

        var link = await links.GetPreSignedURLAsync(new()
        {
            BucketName = "videos",
            Key = "a.mp4",
            Protocol = expected.StartsWith("https", StringComparison.Ordinal) ? Amazon.S3.Protocol.HTTPS : Amazon.S3.Protocol.HTTP,
            Expires = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        });

        Assert.That(link, Does.StartWith($"{expected}?"));
    }

    [TestCase("")]
    [TestCase("ab")]
    [TestCase("Videos")]
    [TestCase("my videos")]
    [TestCase("videos/")]
    public void A_bucket_has_a_bucket_name(string bucket) =>
        Assert.That(Problems(options => options.Bucket = bucket), Is.EqualTo(new[] { "Bucket" }));

    [TestCase("../other")]
    [TestCase("a b")]
    [TestCase(".hidden")]
    [TestCase("a//b")]
    public void A_prefix_is_plain(string prefix) => Assert.That(Problems(options => options.Prefix = prefix), Is.EqualTo(new[] { "Prefix" }));

    [TestCase("very-secret", "")]
    [TestCase("", "very-secret")]
    public void Keys_come_in_pairs_and_are_not_shown(string access, string secret) => Assert.That(
        Problems(options => (options.AccessKey, options.SecretKey) = (access, secret)), Is.EqualTo(new[] { "AccessKey" }));

    [TestCase("", "1/2/source.mp4")]
    [TestCase("team/videos", "team/videos/1/2/source.mp4")]
    [TestCase("/videos/", "videos/1/2/source.mp4")]
    public void The_prefix_goes_before_the_key(string prefix, string expected) =>
        Assert.That(new S3Options { Prefix = prefix }.ObjectKey("1/2/source.mp4"), Is.EqualTo(expected));

    [Test]
    public void Nothing_is_demanded_of_a_folder() =>
        Assert.That(new S3OptionsValidation(Options.Create(new ArtifactOptions())).Validate(null, new S3Options()).Succeeded);

    [TestCase(100, 16 << 20, 16 << 20)]
    [TestCase(2_000_000_000L, 5 << 20, 5 << 20)]
    [TestCase(100_000_000_000L, 5 << 20, 10_000_000)]
    [TestCase(100_000_000_001L, 5 << 20, 10_000_001)]
    public void There_are_ten_thousand_parts_at_most(long size, int configured, long expected) =>
        Assert.That(S3Upload.PartSize(size, configured), Is.EqualTo(expected));

    /// <returns>Which settings the messages begin with.</returns>
    private static IEnumerable<string> Problems(Action<S3Options> change)
    {
        var options = new S3Options { Bucket = "videos" };
        change(options);
        var problems = S3OptionsValidation.Problems(options).ToList();
        Assert.That(problems, Has.All.StartsWith("VideoPipeline:Artifacts:S3:").And.All.Not.Contains("very-secret"));
        return problems.Select(problem => problem.Split(' ')[0].Split(':')[^1]);
    }
}
