namespace VideoPipeline.Stages.YouTube;

/// <summary>What has been spent of one of YouTube's limits; a row for each.</summary>
public sealed class YouTubeQuota
{
    /// <summary><see cref="Units"/>, <see cref="Uploads"/>, or <see cref="UploadLimitOf"/> a channel.</summary>
    public required string Bucket { get; set; }

    /// <summary>The <see cref="PacificDay"/> that <see cref="Used"/> belongs to, as its day number.</summary>
    public int Day { get; set; }

    public int Used { get; set; }

    /// <summary>Nothing is spent before.</summary>
    public DateTimeOffset? ClosedUntil { get; set; }

    /// <summary>All calls but the beginning of an upload share it.</summary>
    public const string Units = "units";

    /// <summary>Beginnings of uploads.</summary>
    public const string Uploads = "uploads";

    /// <summary>The limit that a YouTube channel itself has on uploads: nobody knows how high it is, only when it is reached.</summary>
    public static string UploadLimitOf(string account) => $"upload-limit/{account}";
}
