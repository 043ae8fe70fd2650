using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace VideoPipeline.Artifacts;

internal static class S3Client
{
    /// <summary>The SDK's client with these settings. Connects to nobody yet.</summary>
    public static AmazonS3Client Create(S3Options options) => Create(options, options.Endpoint);

    /// <summary>One that makes links for others: it never connects, so it may name a server as this machine doesn't know it.</summary>
    public static AmazonS3Client CreateForLinks(S3Options options) => Create(options, options.EndpointOfLinks);

    private static AmazonS3Client Create(S3Options options, string endpoint)
    {
        var isOther = endpoint.Length > 0;
        var withoutChecksums = options.ChecksumWhenRequired ?? isOther;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.ForcePathStyle ?? isOther,
            RequestChecksumCalculation = withoutChecksums ? RequestChecksumCalculation.WHEN_REQUIRED : RequestChecksumCalculation.WHEN_SUPPORTED,
            ResponseChecksumValidation = withoutChecksums ? ResponseChecksumValidation.WHEN_REQUIRED : ResponseChecksumValidation.WHEN_SUPPORTED,

            // A file takes as long as it takes; silence is what is limited, by IdleLimit.
            Timeout = Timeout.InfiniteTimeSpan,
            RetryMode = RequestRetryMode.Standard,
        };
        if (isOther)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = options.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return string.IsNullOrWhiteSpace(options.AccessKey)
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }
}
