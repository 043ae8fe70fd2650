using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.YouTube;

/// <summary>Settings <c>VideoPipeline:YouTube</c>. The quota's defaults are what Google gives a new project.</summary>
public sealed class YouTubeOptions
{
    /// <summary>The smallest part of an upload that Google's servers take; every chunk is a multiple of it.</summary>
    public const int ChunkUnit = 256 * 1024;

    /// <summary>Of the Data API; another one for tests.</summary>
    [WebAddress]
    public string BaseUri { get; set; } = "https://youtube.googleapis.com/";

    /// <summary>What <c>youtube-login</c> has stored; empty for <c>youtube-token.json</c> in the data folder.</summary>
    public string TokenFile { get; set; } = string.Empty;

    /// <summary>Of the OAuth client (kind: desktop app) in the operator's Google Cloud project.</summary>
    public string ClientId { get; set; } = string.Empty;

    public string ClientSecret { get; set; } = string.Empty;

    /// <summary>Where a user agrees.</summary>
    [WebAddress]
    public string AuthorizationUri { get; set; } = "https://accounts.google.com/o/oauth2/v2/auth";

    /// <summary>Where tokens are given out.</summary>
    [WebAddress]
    public string TokenUri { get; set; } = "https://oauth2.googleapis.com/token";

    /// <summary>Units that the project has for all calls but uploads, from midnight to midnight Pacific time.</summary>
    [Range(1, 1_000_000_000)]
    public int DailyUnits { get; set; } = 10_000;

    /// <summary>Uploads that the project may begin in the same time.</summary>
    [Range(1, 1_000_000)]
    public int DailyUploads { get; set; } = 100;

    /// <summary>How long a channel's uploads wait after YouTube has refused one for the channel's own daily limit.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan UploadLimitPause { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Bytes that are sent at once, and kept in memory; rounded down to a multiple of 256 KiB.</summary>
    [Range(ChunkUnit, 64 * 1024 * 1024)]
    public int ChunkSizeBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long one request, such as a chunk, may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The delay before an upload asks where to go on after an error; it doubles with every further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often YouTube is asked whether it has processed a new video, at first; less and less often later.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a finished upload, whose answer was lost with its session, may take to appear in the channel's list. Only then
    /// is a person asked.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan AppearsWithin { get; set; } = TimeSpan.FromMinutes(10);

    internal int ChunkSize => ChunkSizeBytes / ChunkUnit * ChunkUnit;
}

/// <summary>An absolute http or https URL.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WebAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    public override string FormatErrorMessage(string name) => "an absolute http or https URL is needed";
}
