using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Artifacts;

/// <summary>Settings <c>VideoPipeline:Artifacts:S3</c>; looked at only when the store is S3. See also <see cref="S3OptionsValidation"/>.</summary>
public sealed class S3Options
{
    /// <summary>What S3 demands of every part of an upload but the last, in bytes.</summary>
    public const int MinPartSize = 5 << 20;

    /// <summary>The server's http or https address; empty for Amazon's own of <see cref="Region"/>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>
    /// Under which address those who follow a link to a stored file reach the server; empty when it is <see cref="Endpoint"/>.
    /// A node in a container may know the server by a name that nobody outside knows.
    /// </summary>
    public string LinkEndpoint { get; set; } = "";

    /// <summary>Must exist.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Goes before every key, so that several can share a bucket: <c>videopipeline</c> or <c>team/videos</c>.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Empty, with <see cref="SecretKey"/>, for what the SDK finds on the machine: environment, profile, instance role.</summary>
    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Whether the bucket stands in the path instead of the host name. Null: with an <see cref="Endpoint"/>.</summary>
    public bool? ForcePathStyle { get; set; }

    /// <summary>
    /// Whether the SDK leaves out checksums that a call doesn't demand; many servers other than Amazon's don't take them. What
    /// is stored is checked by its SHA-256 in any case. Null: with an <see cref="Endpoint"/>.
    /// </summary>
    public bool? ChecksumWhenRequired { get; set; }

    /// <summary>Files up to this size are sent in one request, larger ones in parts of it. In bytes.</summary>
    [Range(MinPartSize, 1 << 30)]
    public int PartSizeBytes { get; set; } = 16 << 20;

    /// <summary>How many parts of a file are sent at once.</summary>
    [Range(1, 16)]
    public int ConcurrentParts { get; set; } = 2;

    /// <summary>How long the server may say nothing, before its answer or in the middle of it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a link to a stored file is valid.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>An unfinished upload that got nothing for so long belongs to nobody and is removed.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The key of an artifact in the bucket.</summary>
    internal string ObjectKey(string key) => KeyPrefix + key;

    internal string KeyPrefix => Prefix.Trim('/') is { Length: > 0 } prefix ? prefix + "/" : "";

    /// <summary>For people.</summary>
    internal string Server => Endpoint.Length > 0 ? Endpoint : $"Amazon S3 in {Region}";

    public string EndpointOfLinks => LinkEndpoint.Length > 0 ? LinkEndpoint : Endpoint;
}
