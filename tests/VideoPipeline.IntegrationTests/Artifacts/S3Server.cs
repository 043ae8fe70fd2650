using Amazon.S3;
using Amazon.S3.Model;
using VideoPipeline.Artifacts;

namespace VideoPipeline.IntegrationTests.Artifacts;

/// <summary>The real S3 server that the tests were given, seen from outside the service.</summary>
internal static class S3Server
{
    private const string Variable = "VIDEOPIPELINE_TEST_S3";

    private static int _buckets;

    public static Uri Endpoint => new UriBuilder(Given) { UserName = "", Password = "" }.Uri;

    public static string AccessKey => Uri.UnescapeDataString(Given.UserInfo.Split(':')[0]);

    public static string SecretKey => Uri.UnescapeDataString(Given.UserInfo.Split(':')[1]);

    private static Uri Given => Uri.TryCreate(Environment.GetEnvironmentVariable(Variable), UriKind.Absolute, out var uri)
        ? uri
        : throw new InvalidOperationException($"{Variable} is not set. It must be http://ACCESS:SECRET@HOST:PORT of an S3 server; tests/run.sh starts one.");

    /// <summary>The settings for a bucket of it.</summary>
    public static S3Options Options(string bucket, Uri? endpoint = null) => new()
    {
        Endpoint = (endpoint ?? Endpoint).GetLeftPart(UriPartial.Authority),
        Bucket = bucket,
        AccessKey = AccessKey,
        SecretKey = SecretKey,
    };

    /// <summary>The same as a service gets them.</summary>
    public static Dictionary<string, string> Settings(string bucket, Uri? endpoint = null) => new(StringComparer.Ordinal)
    {
        ["VideoPipeline__Artifacts__Kind"] = "S3",
        ["VideoPipeline__Artifacts__S3__Endpoint"] = (endpoint ?? Endpoint).GetLeftPart(UriPartial.Authority),
        ["VideoPipeline__Artifacts__S3__Bucket"] = bucket,
        ["VideoPipeline__Artifacts__S3__AccessKey"] = AccessKey,
        ["VideoPipeline__Artifacts__S3__SecretKey"] = SecretKey,
    };

    public static AmazonS3Client NewClient() => S3Client.Create(Options("unused"));

    /// <summary>Makes a bucket. The server is thrown away with all that is in it.</summary>
    public static async Task<string> NewBucketAsync()
    {
        var name = $"vp-{Environment.ProcessId}-{Interlocked.Increment(ref _buckets)}-{Guid.NewGuid().ToString("N")[..8]}";
        using var client = NewClient();
        await client.PutBucketAsync(name);
        return name;
    }

    /// <summary>The keys of what can be seen, in order.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var client = NewClient();
        var answer = await client.ListObjectsV2Async(new() { BucketName = bucket });
        return [.. (answer.S3Objects ?? []).Select(found => found.Key)];
    }

    /// <summary>Uploads that were begun, and neither completed nor removed.</summary>
    public static async Task<IReadOnlyList<MultipartUpload>> UnfinishedUploadsAsync(string bucket)
    {
        using var client = NewClient();
        var answer = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket });
        return answer.MultipartUploads ?? [];
    }
}
