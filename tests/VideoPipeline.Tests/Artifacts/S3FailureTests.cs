using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using VideoPipeline.Artifacts;
using VideoPipeline.Stages;

namespace VideoPipeline.Tests.Artifacts;

public sealed class S3FailureTests
{
    private static readonly S3Options Settings = new() { Endpoint = "https://s3.example.org", Bucket = "videos", SecretKey = "very-secret" };

    [TestCase(HttpStatusCode.NotFound, "NoSuchBucket", "no bucket videos")]
    [TestCase(HttpStatusCode.Forbidden, "InvalidAccessKeyId", "AccessKey")]
    [TestCase(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "SecretKey")]
    [TestCase(HttpStatusCode.Forbidden, "AccessDenied", "access to the bucket videos was refused")]
    [TestCase(HttpStatusCode.Forbidden, "", "403 (Forbidden)")]
    [TestCase(HttpStatusCode.MovedPermanently, "PermanentRedirect", "Region")]
    [TestCase(HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch", "ChecksumWhenRequired")]
    public void What_a_setting_must_mend_is_permanent(HttpStatusCode status, string code, string message) =>
        Assert.That(Of(Answer(status, code)), Is.TypeOf<PermanentFailureException>().With.Message.Contains(message));

    [TestCase(HttpStatusCode.ServiceUnavailable, "SlowDown")]
    [TestCase(HttpStatusCode.InternalServerError, "InternalError")]
    [TestCase(HttpStatusCode.NotFound, "NoSuchUpload")]
    [TestCase(HttpStatusCode.BadRequest, "RequestTimeout")]
    [TestCase(HttpStatusCode.Forbidden, "RequestTimeTooSkewed")]
    public void What_may_pass_is_transient(HttpStatusCode status, string code) =>
        Assert.That(Of(Answer(status, code)), Is.TypeOf<TransientFailureException>().With.Message.Contains(code));

    [TestCase(HttpStatusCode.Forbidden, "QuotaExceeded")]
    [TestCase(HttpStatusCode.InsufficientStorage, "InsufficientStorage")]
    public void A_full_store_is_waited_for(HttpStatusCode status, string code) =>
        Assert.That(((SnoozeException)Of(Answer(status, code))).Until, Is.EqualTo(DateTimeOffset.UnixEpoch.AddMinutes(5)));

    [Test]
    public void A_connection_that_fails_is_transient()
    {
        var failures = new Exception[]
        {
            new HttpRequestException("Connection refused"),
            new IOException("The response ended prematurely."),
            new OperationCanceledException(),
            new AmazonServiceException("wrapped", new HttpRequestException("Connection refused")),
        };

        Assert.That(failures.Select(Of), Is.All.TypeOf<TransientFailureException>());
        Assert.That(failures.Select(failure => Of(failure).Message), Is.All.Contains("https://s3.example.org"));
    }

    [Test]
    public void Missing_credentials_are_permanent() =>
        Assert.That(Of(new AmazonClientException("No credentials.")), Is.TypeOf<PermanentFailureException>().With.Message.Contains("AccessKey"));

    [Test]
    public void What_others_throw_is_theirs() => Assert.That(S3Failure.Is(new InvalidOperationException("x")), Is.False);

    private static AmazonS3Exception Answer(HttpStatusCode status, string code) => new("said so", ErrorType.Unknown, code, "request", status);

    private static StageException Of(Exception exception)
    {
        var failure = S3Failure.Of(exception, Settings, DateTimeOffset.UnixEpoch);
        Assert.That(failure.Message, Does.Not.Contain("very-secret"));
        return failure;
    }
}
