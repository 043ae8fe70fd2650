using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace VideoPipeline.Artifacts;

internal static class S3Client
{
    /// <summary>The SDK's client with these settings. Connects to nobody yet.</summary>
    public static AmazonS3Client Create(S3Options options)
    {
        var isOther = options.Endpoint.Length > 0;
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
            config.ServiceURL = options.Endpoint;
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
