using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using VideoPipeline.Stages;

namespace VideoPipeline.Artifacts;

/// <summary>What an S3 server's refusal, or its silence, means for a job.</summary>
internal static class S3Failure
{
    private const string Settings = "VideoPipeline__Artifacts__S3__";

    private static readonly TimeSpan FullWait = TimeSpan.FromMinutes(5);

    /// <summary>Whether the exception comes from the SDK, the server or the way to it.</summary>
    public static bool Is(Exception exception) => exception is AmazonServiceException or AmazonClientException
        or OperationCanceledException or HttpRequestException or IOException or SocketException;

    /// <param name="exception">One that <see cref="Is"/> knows.</param>
    /// <param name="now">For what is tried again later.</param>
    public static StageException Of(Exception exception, S3Options options, DateTimeOffset now) => exception switch
    {
        AmazonServiceException answer when (int)answer.StatusCode != 0 && !IsConnection(answer) => OfAnswer(answer, options, now),
        OperationCanceledException => new TransientFailureException(
            $"The artifact store at {options.Server} said nothing for {options.IdleTimeout.TotalSeconds:0.#} s.", exception),
        // The SDK's own, before it has asked anybody: mostly that it finds no credentials on this machine.
        AmazonClientException => new PermanentFailureException(
            $"The artifact store at {options.Server} can't be used: {exception.Message} Set {Settings}AccessKey and {Settings}SecretKey.", exception),
        _ => new TransientFailureException($"The artifact store at {options.Server} can't be reached: {Innermost(exception).Message}", exception),
    };

    private static StageException OfAnswer(AmazonServiceException answer, S3Options options, DateTimeOffset now)
    {
        var said = $"The artifact store at {options.Server} answered {(int)answer.StatusCode} ({Code(answer)})";
        return Code(answer) switch
        {
            "NoSuchBucket" => Permanent($"The artifact store at {options.Server} has no bucket {options.Bucket}. Create it, or set {Settings}Bucket."),
            "InvalidAccessKeyId" => Permanent($"{said}: it doesn't know the access key. Set {Settings}AccessKey."),
            "SignatureDoesNotMatch" => Permanent($"{said}: the secret key is wrong. Set {Settings}SecretKey."),
            "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException" =>
                Permanent($"{said}: the bucket {options.Bucket} is in another region. Set {Settings}Region."),
            "XAmzContentSHA256Mismatch" or "NotImplemented" =>
                Permanent($"{said}: it doesn't take the checksums that were sent. Set {Settings}ChecksumWhenRequired to true."),
            "QuotaExceeded" or "InsufficientStorage" or "XMinioStorageFull" =>
                new SnoozeException($"{said}: it is full.", now + FullWait),

            // Its clock and ours, or a token that is renewed by itself: no setting is wrong.
            "RequestTimeTooSkewed" or "ExpiredToken" or "RequestExpired" => Transient($"{said}: {answer.Message}"),
            _ when answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => Permanent(
                $"{said}: access to the bucket {options.Bucket} was refused. Check {Settings}AccessKey, {Settings}SecretKey and what they allow."),
            _ => Transient($"{said}: {answer.Message}"),
        };

        PermanentFailureException Permanent(string message) => new(message, answer);
        TransientFailureException Transient(string message) => new(message, answer);
    }

    // Answers to HEAD have no body, so no code of their own.
    private static string Code(AmazonServiceException answer) =>
        string.IsNullOrEmpty(answer.ErrorCode) ? answer.StatusCode.ToString() : answer.ErrorCode;

    // The SDK gives a status to some exceptions that no server has answered with.
    private static bool IsConnection(AmazonServiceException exception) =>
        exception is not AmazonS3Exception && exception.InnerException is HttpRequestException { StatusCode: null } or IOException or SocketException;

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
