using System.ComponentModel.DataAnnotations;

namespace VideoPipeline.Stages.YtDlp;

/// <summary>Settings <c>VideoPipeline:YtDlp</c>.</summary>
public sealed class YtDlpOptions
{
    /// <summary>The program: a path, or a name that is looked for on the <c>PATH</c>.</summary>
    [Required]
    public string Path { get; set; } = "yt-dlp";

    /// <summary>A file of cookies in Netscape's format, for sites that want a sign-in; empty for none. It is never written to.</summary>
    [CookiesFile]
    public string CookiesFile { get; set; } = "";

    /// <summary>The most that one download may take, in bytes per second; null for no limit.</summary>
    [Range(1L, long.MaxValue)]
    public long? RateLimit { get; set; }

    /// <summary>How long listing a source may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ListTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A download that hasn't got any further for so long is stopped and tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many entries of a source are looked at, from its beginning, which mostly are the newest.</summary>
    [Range(1, 100_000)]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>A yt-dlp that is older is warned of: sites change, and old versions stop working on them. In days.</summary>
    [Range(1, 10_000)]
    public int MaxAgeDays { get; set; } = 90;
}

/// <summary>That a file of cookies is there, can be read, and is one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CookiesFileAttribute : ValidationAttribute
{
    public CookiesFileAttribute() => ErrorMessage =
        "must be empty or name a file in Netscape's cookie format that the service can read: its first line is '# Netscape HTTP Cookie File'";

    public override bool IsValid(object? value)
    {
        if (value is not string { Length: > 0 } path)
        {
            return true;
        }

        try
        {
            return File.ReadLines(path).FirstOrDefault()?.StartsWith("# ", StringComparison.Ordinal) == true
                && File.ReadLines(path).First().Contains("HTTP Cookie File", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
