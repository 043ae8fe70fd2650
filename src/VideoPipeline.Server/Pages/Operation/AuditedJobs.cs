using System.Text.Json;
using VideoPipeline.Access;

namespace VideoPipeline.Server.Pages.Operation;

/// <summary>Which jobs an entry of the audit log is about, in words.</summary>
internal static class AuditedJobs
{
    /// <summary>An entry may name a thousand, and a page has a hundred entries.</summary>
    public const int Most = 100;

    /// <summary>Their ids, with how many there are beyond those.</summary>
    public static string Of(AuditEntry entry)
    {
        var ids = (entry.JobIds is { } json ? JsonSerializer.Deserialize<long[]>(json) : null) ?? [];
        var named = string.Join(", ", ids.Take(Most));
        var rest = entry.JobCount - Math.Min(ids.Length, Most);
        return rest > 0 ? $"{named} and {rest} more" : named;
    }
}
