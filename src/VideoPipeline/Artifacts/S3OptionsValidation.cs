using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace VideoPipeline.Artifacts;

/// <summary>What <see cref="S3Options"/>' attributes can't say. Its messages must never have a key in them.</summary>
internal sealed partial class S3OptionsValidation(IOptions<ArtifactOptions> artifacts) : IValidateOptions<S3Options>
{
    private const string Path = "VideoPipeline:Artifacts:S3";

    public ValidateOptionsResult Validate(string? name, S3Options options)
    {
        var failures = artifacts.Value.Kind == ArtifactStoreKind.S3 ? Problems(options).ToList() : [];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    internal static IEnumerable<string> Problems(S3Options options)
    {
        if (options.Endpoint.Length > 0 && !IsServer(options.Endpoint))
        {
            // Without the value: somebody may have put keys into it.
            yield return $"{Path}:Endpoint must be the http or https address of a server, such as https://s3.example.org, without a user name, a path or a query.";
        }

        if (options.LinkEndpoint.Length > 0 && !IsServer(options.LinkEndpoint))
        {
            yield return $"{Path}:LinkEndpoint must be empty or the http or https address of a server, such as https://s3.example.org, without a user name, a path or a query.";
        }

        if (!BucketName().IsMatch(options.Bucket))
        {
            yield return $"{Path}:Bucket must be the name of a bucket, 3 to 63 lower case letters, digits, dots and hyphens, but is '{options.Bucket}'.";
        }

        if (options.KeyPrefix.Length > 200 || (options.KeyPrefix.Length > 0 && !ArtifactKey.IsValid(options.KeyPrefix[..^1])))
        {
            yield return $"{Path}:Prefix must be up to 200 letters, digits and . _ - /, with no part that begins with a dot, but is '{options.Prefix}'.";
        }

        if (string.IsNullOrWhiteSpace(options.AccessKey) != string.IsNullOrWhiteSpace(options.SecretKey))
        {
            yield return $"{Path}:AccessKey and {Path}:SecretKey must be given both, or none of them for the credentials of the machine.";
        }
    }

    private static bool IsServer(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" };

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.None, 1000)]
    private static partial Regex BucketName();
}
